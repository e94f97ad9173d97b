import type { AppDatabase } from './app-database.js';

/** The ids of events that did not come through, each with what is wrong. */
export interface EventAudit {
  stored: number;
  lost: string[];
  doubled: string[];
}

interface StoredEvent {
  id: string;
  type: string;
  status: string;
  /** Runs that are done, and all runs. */
  done: number;
  runs: number;
  /** Handlers that were applied, and how often in all. */
  handlers: number;
  effects: number;
}

const SQL = `
  SELECT event.id, event.type, event.status, done, runs, handlers, effects
  FROM webhook_events AS event
  LEFT JOIN (SELECT event_id, count(*) AS runs, sum(CASE WHEN status = 'done' THEN 1 ELSE 0 END) AS done
             FROM webhook_handler_runs GROUP BY event_id) AS run ON run.event_id = event.id
  LEFT JOIN (SELECT event_id, count(DISTINCT handler) AS handlers, count(*) AS effects
             FROM effects GROUP BY event_id) AS effect ON effect.event_id = event.id`;

/** Both of the handlers in `handlers.mjs` that count. */
const COUNTING = 2;

/** Looks at every event once all are handled: what was acknowledged is there, and what is there has happened once. */
export async function auditEvents(database: AppDatabase, acknowledged: ReadonlySet<string>): Promise<EventAudit> {
  const events = await database.rows<StoredEvent>(SQL);
  const stored = new Set(events.map(({ id }) => id));
  const missing = [...acknowledged].filter((id) => !stored.has(id)).map((id) => `${id} is not stored`);
  const unfinished = events.filter((event) => !isWhole(event)).map((event) => JSON.stringify(event));
  const doubled = events.filter(({ handlers, effects }) => effects > handlers).map((event) => JSON.stringify(event));
  return { stored: stored.size, lost: [...missing, ...unfinished], doubled };
}

const isWhole = ({ type, status, done, runs, handlers }: StoredEvent) =>
  status === 'done' && runs > 0 && done === runs && (type !== 'invoice.payment_succeeded' || handlers === COUNTING);
