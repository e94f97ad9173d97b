import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type EntityManager, type FindOptionsWhere, In, MoreThan, Not, type Repository } from 'typeorm';
import { Notifier } from '../database/engine.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { type EventStatus, HandlerRun, WebhookEvent } from './webhook-event.entity.js';
import { readEvent } from './incoming-event.js';
import { Triage } from './handler-registry.js';
import { machineNow } from '../time/clock.js';

/** Events that one transaction makes due: on SQLite, intake waits for it. */
const BATCH_SIZE = 100;

/** How many events were replayed. */
export interface Replayed {
  /** Events that are due again. */
  replayed: number;
  /** Events that stay ignored: of another app or mode, thin, or of a type without a handler. */
  ignored: number;
}

/** Makes events due again. A running app handles them within a second; without one, they are handled after the next start. */
@Injectable()
export class Replay {
  constructor(
    private readonly units: UnitOfWork,
    private readonly notifier: Notifier,
    private readonly triage: Triage,
    @InjectRepository(WebhookEvent) private readonly events: Repository<WebhookEvent>,
  ) {}

  /** Runs the handlers that have not succeeded again; with `all`, every handler. An unknown id counts as nothing. */
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

  /** The ids of these events in their order, in batches. */
  private async *batches(which: { id: string } | { status: EventStatus }): AsyncGenerator<string[]> {
    if ('id' in which) return yield await this.idsOf(which);
    for (let last = ''; ;) {
      const ids = await this.idsOf({ ...which, id: MoreThan(last) });
      if (ids.length > 0) yield ids;
      if (ids.length < BATCH_SIZE) return;
      last = ids.at(-1) ?? last;
    }
  }

  private async idsOf(where: FindOptionsWhere<WebhookEvent>): Promise<string[]> {
    const events = await this.events.find({ where, select: { id: true }, order: { id: 'ASC' }, take: BATCH_SIZE });
    return events.map(({ id }) => id);
  }

  /** Of the ids those to be handled. Only ignored events are decided again, which needs their payload. */
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
  await tx.update(HandlerRun, runs, { status: 'pending', attempts: 0, nextAttemptAt: machineNow() });
  const due = { status: 'pending', reason: null, nextAttemptAt: machineNow(), leaseToken: null, attempts: 0 } as const;
  await tx.update(WebhookEvent, { id: In(ids) }, due);
}
