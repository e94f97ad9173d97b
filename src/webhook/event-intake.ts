import type { EntityManager } from 'typeorm';
import { jsonRows, affectedRows, fromJsonRows, utf8Slice } from '../database/sql.js';
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

/** Rows that share all but what each event has for itself: those that are claimed, those that are due, those that are ignored. */
export const byKind = (rows: readonly IntakeRow[]): IntakeRow[][] =>
  [isClaimed, isDue, isIgnored].map((isOfKind) => rows.filter(isOfKind)).filter(({ length }) => length > 0);

const isIgnored = ({ reason }: IntakeRow) => reason !== null;
export const isClaimed = ({ leaseToken }: IntakeRow) => leaseToken !== null;
export const isDue = (row: IntakeRow) => !isIgnored(row) && !isClaimed(row);

/**
 * Stores many events of one kind in one statement. Gives how many were not there before. Nearly always all of them
 * were not, and to name them (RETURNING), SQLite would first write them into a table of its own.
 *
 * The payloads go in as the bytes that came, one after another in one parameter: as strings each would be decoded once more,
 * only to be encoded again. What all rows share is a parameter of its own.
 */
export async function insertEvents(tx: EntityManager, rows: readonly IntakeRow[]): Promise<number> {
  const [first] = rows;
  if (!first) return 0;
  const sql = `
    INSERT INTO webhook_events
      (payload, status, attempts, lease_token, next_attempt_at, received_at, id, type, created_at, reason)
    SELECT ${utf8Slice(tx, '$1', 'input.value->>0', 'input.value->>1')}, CAST($2 AS varchar), CAST($3 AS integer),
      CAST($4 AS varchar), CAST($5 AS bigint), CAST($6 AS bigint),
      input.value->>2, input.value->>3, CAST(input.value->>4 AS bigint), input.value->>5
    FROM ${fromJsonRows(tx, '$7')} WHERE true
    ON CONFLICT (id) DO NOTHING`;
  return affectedRows(tx, sql, [
    Buffer.concat(rows.map(({ event }) => event.body)),
    first.reason === null ? 'pending' : 'ignored',
    first.leaseToken === null ? 0 : 1, // attempts: a claim begins one
    first.leaseToken,
    first.nextAttemptAt?.getTime() ?? null,
    Date.now(),
    jsonRows(valuesOf(rows)),
  ]);
}

/** Where each payload is among the others, and what else the row has for itself. */
function valuesOf(rows: readonly IntakeRow[]): unknown[][] {
  let end = 1;
  return rows.map(({ event: { id, type, createdAt, body }, reason }) => {
    const from = end;
    end += body.length;
    return [from, body.length, id, type, createdAt.getTime(), reason];
  });
}
