import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type EntityManager, type FindOptionsWhere, In, MoreThan, Not, type Repository } from 'typeorm';
import { Notifier } from '../database/notifier.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { type EventStatus, HandlerRun, WebhookEvent } from './webhook-event.entity.js';
import { readEvent } from './incoming-event.js';
import { Triage } from './triage.service.js';

/** Events that are made due in one transaction: a running app's intake waits for no longer than this takes. */
const BATCH = 100;

export interface Replayed {
  /** Events that are due again. */
  replayed: number;
  /** Events that are still not ours to handle: of another app or mode, thin, or of a type without a handler. */
  ignored: number;
}

/** Makes events due again. The running app handles them within a second; without one, the next boot does. */
@Injectable()
export class Replay {
  constructor(
    private readonly units: UnitOfWork,
    private readonly notifier: Notifier,
    private readonly triage: Triage,
    @InjectRepository(WebhookEvent) private readonly events: Repository<WebhookEvent>,
  ) {}

  /** Runs the handlers that have not succeeded; with `all`, every handler. */
  async replay(which: { id: string } | { status: EventStatus }, all = false): Promise<Replayed> {
    const result = { replayed: 0, ignored: 0 };
    for await (const ids of this.batches(which)) {
      const ours = await this.oursAmong(ids);
      await this.units.run((tx) => makeDue(tx, ours, all));
      result.replayed += ours.length;
      result.ignored += ids.length - ours.length;
    }
    this.notifier.notify();
    return result;
  }

  /** The ids of these events, in their order. */
  private async *batches(which: { id: string } | { status: EventStatus }): AsyncGenerator<string[]> {
    if ('id' in which) return yield await this.idsOf(which);
    for (let last = ''; ;) {
      const ids = await this.idsOf({ ...which, id: MoreThan(last) });
      if (ids.length > 0) yield ids;
      if (ids.length < BATCH) return;
      last = ids.at(-1) ?? last;
    }
  }

  private async idsOf(where: FindOptionsWhere<WebhookEvent>): Promise<string[]> {
    const events = await this.events.find({ where, select: { id: true }, order: { id: 'ASC' }, take: BATCH });
    return events.map(({ id }) => id);
  }

  /** What was taken for ours once still is; what was ignored is looked at anew, which alone needs its payload. */
  private async oursAmong(ids: string[]): Promise<string[]> {
    const found = await this.events.find({ where: { id: In(ids) }, select: { id: true, status: true } });
    const ignored = found.filter(({ status }) => status === 'ignored').map(({ id }) => id);
    const payloads = await this.events.find({ where: { id: In(ignored) }, select: { id: true, payload: true } });
    const notOurs = new Set(payloads.filter((event) => !this.isOurs(event)).map(({ id }) => id));
    return ids.filter((id) => !notOurs.has(id));
  }

  private isOurs({ payload }: Pick<WebhookEvent, 'payload'>): boolean {
    const event = readEvent(Buffer.from(payload));
    return event !== undefined && this.triage.reasonToIgnore(event) === undefined;
  }
}

async function makeDue(tx: EntityManager, ids: readonly string[], all: boolean): Promise<void> {
  const runs = { eventId: In(ids), ...(!all && { status: Not('done' as const) }) };
  await tx.update(HandlerRun, runs, { status: 'pending', attempts: 0, nextAttemptAt: new Date() });
  const due = { status: 'pending', reason: null, nextAttemptAt: new Date(), leaseToken: null, attempts: 0 } as const;
  await tx.update(WebhookEvent, { id: In(ids) }, due);
}
