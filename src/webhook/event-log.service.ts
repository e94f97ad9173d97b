import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type DataSource, In, LessThan, LessThanOrEqual, Raw, type Repository } from 'typeorm';
import { inChunks } from '../database/sql.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { type EventStatus, HandlerRun, WebhookEvent } from './webhook-event.entity.js';
import { machineNowMs } from '../time/clock.js';

export type { EventStatus };

export interface EventFilter {
  status?: EventStatus | undefined;
  type?: string | undefined;
  /** Events at most. Defaults to all. */
  limit?: number | undefined;
}

/** An event without its payload, which may be a thousand times larger than the rest. */
export type EventSummary = Omit<WebhookEvent, 'payload'>;

/** An event and the runs of its handlers, in the order of the handlers' names. */
export interface LoggedEvent<Event = EventSummary> {
  event: Event;
  runs: HandlerRun[];
}

/** Events that one query reads. */
const PAGE_SIZE = 500;
const SUMMARY = [
  'id',
  'type',
  'status',
  'reason',
  'attempts',
  'nextAttemptAt',
  'leaseToken',
  'createdAt',
  'receivedAt',
] as const satisfies (keyof EventSummary)[];

/** The stored events and their state, for operators. Lists never load payloads. */
@Injectable()
export class EventLog {
  constructor(
    @InjectRepository(WebhookEvent) private readonly events: Repository<WebhookEvent>,
    @InjectRepository(HandlerRun) private readonly runs: Repository<HandlerRun>,
  ) {}

  /** Newest first. `total`: how many the filter matches, whatever its limit. Use `pages` where there may be many. */
  async list(filter: EventFilter): Promise<{ events: LoggedEvent[]; total: number }> {
    const events: LoggedEvent[] = [];
    for await (const page of this.pages(filter)) events.push(...page);
    return { events, total: await this.count(filter) };
  }

  /** Newest first, in pages of at most 500. */
  async *pages({ limit = Number.POSITIVE_INFINITY, ...filter }: EventFilter): AsyncGenerator<LoggedEvent[]> {
    let last: EventSummary | undefined;
    for (let left = limit; left > 0; left -= PAGE_SIZE) {
      const take = Math.min(PAGE_SIZE, left);
      const page: EventSummary[] = await this.events.find({
        select: [...SUMMARY],
        where: last ? after(last, filter) : matching(filter),
        order: { receivedAt: 'DESC', id: 'DESC' },
        take,
      });
      if (page.length > 0) yield await this.withRuns(page);
      if (page.length < take) return;
      last = page.at(-1);
    }
  }

  /** How many events the filter matches, whatever its limit. */
  count(filter: EventFilter): Promise<number> {
    return this.events.countBy(matching(filter));
  }

  /** One event with its payload; `undefined` where it is not stored. */
  async find(id: string): Promise<LoggedEvent<WebhookEvent> | undefined> {
    const event = await this.events.findOneBy({ id });
    return event ? (await this.withRuns([event]))[0] : undefined;
  }

  private async withRuns<Event extends EventSummary>(events: Event[]): Promise<LoggedEvent<Event>[]> {
    const byEvent = new Map<string, HandlerRun[]>(events.map(({ id }) => [id, []]));
    const read = (some: string[]) => this.runs.find({ where: { eventId: In(some) }, order: { handler: 'ASC' } });
    for (const run of await inChunks([...byEvent.keys()], read)) byEvent.get(run.eventId)?.push(run);
    return events.map((event) => ({ event, runs: byEvent.get(event.id) ?? [] }));
  }
}

const matching = ({ status, type }: EventFilter) => ({ ...(status && { status }), ...(type && { type }) });

/** The events after this one in the order of the list. The first condition is implied by the second; it lets the index be used. */
const after = ({ receivedAt, id }: EventSummary, filter: EventFilter) => ({
  ...matching(filter),
  receivedAt: LessThanOrEqual(receivedAt),
  id: Raw((column) => `(received_at < :at OR ${column} < :id)`, { at: receivedAt.getTime(), id }),
});

/** How many events need an operator. */
export interface EventBacklog {
  dead: number;
  /** Due for more than a minute: no process handles them. */
  overdue: number;
}

const OVERDUE_MS = 60_000;

/** @param now ms since 1970 */
export async function eventBacklog(source: DataSource, now = machineNowMs()): Promise<EventBacklog> {
  const [row] = await source.query<Record<'dead' | 'overdue', string | number | null>[]>(
    `SELECT count(CASE WHEN status = 'dead' THEN 1 END) AS dead,
            count(CASE WHEN status = 'pending' AND next_attempt_at < $1 THEN 1 END) AS overdue
     FROM webhook_events WHERE status IN ('dead', 'pending')`,
    [now - OVERDUE_MS],
  );
  return { dead: Number(row?.dead), overdue: Number(row?.overdue) };
}

/** The ids among these that are not stored, in their order. */
export async function unseenEvents(source: DataSource, ids: readonly string[]): Promise<string[]> {
  const stored = await inChunks([...ids], (some) =>
    source.query<{ id: string }[]>(
      `SELECT id FROM webhook_events WHERE id IN (${some.map((_, at) => `$${at + 1}`).join(', ')})`,
      some,
    ),
  );
  const known = new Set(stored.map(({ id }) => id));
  return ids.filter((id) => !known.has(id));
}

/** Events that one transaction deletes: on SQLite, intake waits for it. */
const BATCH_SIZE = 200;

/** Deletes old events that are done or ignored, with their runs. Pending and dead ones are kept, however old. */
@Injectable()
export class Pruning {
  constructor(
    private readonly units: UnitOfWork,
    @InjectRepository(WebhookEvent) private readonly events: Repository<WebhookEvent>,
  ) {}

  /**
   * Deletes in small batches, beside a running app.
   * @param progress called after each batch with the number of events deleted so far
   * @returns how many events were deleted
   */
  async prune(receivedBefore: Date, progress: (pruned: number) => void = () => undefined): Promise<number> {
    let pruned = 0;
    for (;;) {
      const batch = await this.pruneBatch(receivedBefore);
      pruned += batch;
      if (batch > 0) progress(pruned);
      if (batch < BATCH_SIZE) return pruned;
    }
  }

  /** Searches on the reading connection, so that other writers wait only for the deletion. */
  private async pruneBatch(receivedBefore: Date): Promise<number> {
    const finished = { status: In(['done', 'ignored'] as const), receivedAt: LessThan(receivedBefore) };
    const old = await this.events.find({
      select: { id: true },
      where: finished,
      order: { receivedAt: 'ASC' },
      take: BATCH_SIZE,
    });
    const ids = old.map(({ id }) => id);
    await this.units.run(
      async (tx) => {
        await tx.delete(HandlerRun, { eventId: In(ids) });
        await tx.delete(WebhookEvent, { id: In(ids), ...finished });
      },
      { queue: 'handling' },
    );
    return ids.length;
  }
}
