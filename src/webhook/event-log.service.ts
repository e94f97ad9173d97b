import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type DataSource, In, LessThanOrEqual, Raw, type Repository } from 'typeorm';
import { inChunks } from '../database/sql.js';
import { type EventStatus, HandlerRun, WebhookEvent } from './webhook-event.entity.js';

export type { EventStatus };

export interface EventFilter {
  status?: EventStatus | undefined;
  type?: string | undefined;
  /** All, where left out. */
  limit?: number | undefined;
}

/** An event without its payload, which may be a thousand times as large as the rest. */
export type EventSummary = Omit<WebhookEvent, 'payload'>;

/** An event and what its handlers made of it. */
export interface LoggedEvent<Event = EventSummary> {
  event: Event;
  runs: HandlerRun[];
}

/** Events that are read at once. */
const PAGE = 500;
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

/** What came in and what became of it, for operators. Lists never load payloads. */
@Injectable()
export class EventLog {
  constructor(
    @InjectRepository(WebhookEvent) private readonly events: Repository<WebhookEvent>,
    @InjectRepository(HandlerRun) private readonly runs: Repository<HandlerRun>,
  ) {}

  /** Newest first; `total` counts what the filter matches, whatever the limit. Where they may be many, read `pages`. */
  async list(filter: EventFilter): Promise<{ events: LoggedEvent[]; total: number }> {
    const events: LoggedEvent[] = [];
    for await (const page of this.pages(filter)) events.push(...page);
    return { events, total: await this.count(filter) };
  }

  /** Newest first, a few hundred at a time. */
  async *pages({ limit = Number.POSITIVE_INFINITY, ...filter }: EventFilter): AsyncGenerator<LoggedEvent[]> {
    let last: EventSummary | undefined;
    for (let left = limit; left > 0; left -= PAGE) {
      const take = Math.min(PAGE, left);
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

  /** One event, with its payload. */
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

/** What comes after this event in the order of the list. The first condition alone finds the place by the index. */
const after = ({ receivedAt, id }: EventSummary, filter: EventFilter) => ({
  ...matching(filter),
  receivedAt: LessThanOrEqual(receivedAt),
  id: Raw((column) => `(received_at < :at OR ${column} < :id)`, { at: receivedAt.getTime(), id }),
});

/** How many events wait, or wait for somebody. */
export interface EventBacklog {
  dead: number;
  /** Due since more than a minute: nobody handles them. */
  overdue: number;
}

const OVERDUE_MS = 60_000;

export async function eventBacklog(source: DataSource, now = Date.now()): Promise<EventBacklog> {
  const [row] = await source.query<Record<'dead' | 'overdue', string | number | null>[]>(
    `SELECT count(CASE WHEN status = 'dead' THEN 1 END) AS dead,
            count(CASE WHEN status = 'pending' AND next_attempt_at < $1 THEN 1 END) AS overdue
     FROM webhook_events WHERE status IN ('dead', 'pending')`,
    [now - OVERDUE_MS],
  );
  return { dead: Number(row?.dead), overdue: Number(row?.overdue) };
}

/** Those of these events that never came in. */
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
