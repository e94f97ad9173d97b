import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, Not, type Repository } from 'typeorm';
import { UnitOfWork } from '../database/unit-of-work.js';
import { HandlerRun } from './handler-run.entity.js';
import { type EventStatus, WebhookEvent } from './webhook-event.entity.js';

export type { EventStatus };

export interface EventFilter {
  status?: EventStatus | undefined;
  type?: string | undefined;
  /** All, where left out. */
  limit?: number | undefined;
}

/** An event and what its handlers made of it. */
export interface LoggedEvent {
  event: WebhookEvent;
  runs: HandlerRun[];
}

/** What came in and what became of it, for operators. */
@Injectable()
export class EventLog {
  constructor(
    private readonly units: UnitOfWork,
    @InjectRepository(WebhookEvent) private readonly events: Repository<WebhookEvent>,
    @InjectRepository(HandlerRun) private readonly runs: Repository<HandlerRun>,
  ) {}

  /** Newest first; `total` counts what the filter matches, whatever the limit. */
  async list({ status, type, limit }: EventFilter): Promise<{ events: LoggedEvent[]; total: number }> {
    const [events, total] = await this.events.findAndCount({
      where: { ...(status && { status }), ...(type && { type }) },
      order: { receivedAt: 'DESC', id: 'DESC' },
      ...(limit !== undefined && { take: limit }),
    });
    return { events: await this.withRuns(events), total };
  }

  async find(id: string): Promise<LoggedEvent | undefined> {
    const event = await this.events.findOneBy({ id });
    return event ? (await this.withRuns([event]))[0] : undefined;
  }

  /**
   * Makes events due again, for those of their handlers that have not succeeded; for all of them with `all`. The running
   * app handles them within a second; without one, the next boot does.
   * @returns how many events this was
   */
  replay(which: { id: string } | { status: EventStatus }, all = false): Promise<number> {
    return this.units.run(async (tx) => {
      const events = await tx.find(WebhookEvent, { where: which, select: { id: true } });
      for (const { id: eventId } of events) {
        const again = { status: 'pending', attempts: 0, nextAttemptAt: new Date() } as const;
        await tx.update(HandlerRun, { eventId, ...(!all && { status: Not('done' as const) }) }, again);
        const due = { status: 'pending', reason: null, nextAttemptAt: new Date(), leaseToken: null } as const;
        await tx.update(WebhookEvent, { id: eventId }, due);
      }
      return events.length;
    });
  }

  private async withRuns(events: WebhookEvent[]): Promise<LoggedEvent[]> {
    const byEvent = new Map<string, HandlerRun[]>(events.map(({ id }) => [id, []]));
    for (let at = 0; at < events.length; at += IDS_A_QUERY) {
      const ids = events.slice(at, at + IDS_A_QUERY).map(({ id }) => id);
      for (const run of await this.runs.find({ where: { eventId: In(ids) }, order: { handler: 'ASC' } }))
        byEvent.get(run.eventId)?.push(run);
    }
    return events.map((event) => ({ event, runs: byEvent.get(event.id) ?? [] }));
  }
}

/** Well below what SQLite and PostgreSQL take as parameters of one statement. */
const IDS_A_QUERY = 500;
