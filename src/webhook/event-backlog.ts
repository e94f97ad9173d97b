import type { DataSource } from 'typeorm';
import { inChunks } from '../database/sql.js';

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
