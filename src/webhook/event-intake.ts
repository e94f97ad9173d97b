import type { EntityManager } from 'typeorm';
import type { IncomingEvent } from './incoming-event.js';

/** An event on its way into the table. */
export interface IntakeRow {
  event: IncomingEvent;
  /** Why it is stored as ignored; `null` where it is to be handled. */
  reason: string | null;
  /** Whose claim it is stored with; `null` leaves it to whoever looks for due events. */
  leaseToken: string | null;
  /** When it is due, or its lease ends. */
  nextAttemptAt: Date | null;
}

const COLUMNS =
  'id, type, payload, status, reason, attempts, next_attempt_at, lease_token, created_at, received_at'.split(', ');

/** Stores many events in one statement. Gives the ids of those that were not there before. */
export async function insertEvents(tx: EntityManager, rows: readonly IntakeRow[]): Promise<Set<string>> {
  const receivedAt = Date.now();
  const values = rows.map((_, row) => `(${COLUMNS.map((_column, at) => `$${row * COLUMNS.length + at + 1}`)})`);
  // TypeORM hands rows over only from a statement that does not begin with INSERT: hence the line break before it.
  const sql = `\nINSERT INTO webhook_events (${COLUMNS}) VALUES ${values} ON CONFLICT (id) DO NOTHING RETURNING id`;
  const inserted = (await tx.query(
    sql,
    rows.flatMap((row) => parameters(row, receivedAt)),
  )) as { id: string }[];
  return new Set(inserted.map(({ id }) => id));
}

const parameters = ({ event, reason, leaseToken, nextAttemptAt }: IntakeRow, receivedAt: number): unknown[] => [
  event.id,
  event.type,
  event.payload,
  reason === null ? 'pending' : 'ignored',
  reason,
  leaseToken === null ? 0 : 1, // attempts: a claim begins one
  nextAttemptAt?.getTime() ?? null,
  leaseToken,
  event.createdAt.getTime(),
  receivedAt,
];
