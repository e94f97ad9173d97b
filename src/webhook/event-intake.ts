import type { EntityManager } from 'typeorm';
import { jsonRows, rowsOf, textOf } from '../database/json-rows.js';
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

/**
 * Stores many events in one statement. Gives the ids of those that were not there before. The payloads go in as the bytes that
 * came, one after another in one parameter: as strings each would be decoded once more, only to be encoded again.
 */
export async function insertEvents(tx: EntityManager, rows: readonly IntakeRow[]): Promise<Set<string>> {
  const receivedAt = Date.now();
  const columns = ['id', 'type', 'status', 'reason', 'lease_token'].map((name, at) => [name, `told.value->>${at}`]);
  const numbers = ['attempts', 'next_attempt_at', 'created_at', 'received_at'];
  columns.push(...numbers.map((name, at) => [name, `CAST(told.value->>${at + 5} AS bigint)`]));
  columns.unshift(['payload', textOf(tx, '$1', 'told.value->>9', 'told.value->>10')]);
  // TypeORM hands rows over only from a statement that does not begin with INSERT: hence the line break before it.
  const sql = `
    INSERT INTO webhook_events (${columns.map(([name]) => name).join()})
    SELECT ${columns.map(([, value]) => value).join()} FROM ${rowsOf(tx, '$2')} WHERE true
    ON CONFLICT (id) DO NOTHING RETURNING id`;
  let end = 1;
  const values = rows.map((row) => {
    const from = end;
    end += row.event.body.length;
    return [...valuesOf(row), receivedAt, from, row.event.body.length];
  });
  const bodies = Buffer.concat(rows.map(({ event }) => event.body));
  const inserted = (await tx.query(sql, [bodies, jsonRows(values)])) as { id: string }[];
  return new Set(inserted.map(({ id }) => id));
}

const valuesOf = ({ event, reason, leaseToken, nextAttemptAt }: IntakeRow): unknown[] => [
  event.id,
  event.type,
  reason === null ? 'pending' : 'ignored',
  reason,
  leaseToken,
  leaseToken === null ? 0 : 1, // attempts: a claim begins one
  nextAttemptAt?.getTime() ?? null,
  event.createdAt.getTime(),
];
