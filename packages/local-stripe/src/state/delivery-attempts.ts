import { nowMs } from '../model/clock.js';
import type { Event } from '../model/wire.js';
import type { Connection } from './connection.js';
import type { Tx } from './store.js';

export interface DueDelivery {
  id: number;
  endpointId: string;
  attempts: number;
  madeAtMs: number;
  /** Whether an earlier one waits to be overtaken by it. */
  overtakes: boolean;
  event: Event;
}

/** One attempt to deliver an event. */
export interface Attempt {
  ok: boolean;
  /** Status or error: `200`, `500`, `connect ECONNREFUSED 127.0.0.1:3000`. */
  answer: string;
  /** The beginning of the response body. */
  said: string;
}

/** The end of an attempt, and what becomes of its delivery. */
export interface EndedAttempt {
  delivery: DueDelivery;
  attempt: Attempt;
  /** `pending`: the next attempt is made at `dueAtMs`. */
  state: 'pending' | 'delivered' | 'failed';
  dueAtMs: number;
}

interface DueRow {
  id: number;
  attempts: number;
  madeAtMs: number;
  dueAtMs: number;
  overtakes: number;
  json: string;
}

/**
 * The deliveries to an endpoint that are due at `atMs`, the earliest first; those in `except` are left out. `nextDueAtMs`: when the
 * next one becomes due; undefined where there is none, or where as many as `limit` are due now.
 */
export async function dueDeliveries(
  database: Connection,
  endpointId: string,
  atMs: number,
  { limit, except }: { limit: number; except: readonly number[] },
): Promise<{ due: DueDelivery[]; nextDueAtMs: number | undefined }> {
  const rows = await database.all<DueRow>(
    `SELECT due.id, attempts, made_at_ms AS madeAtMs, due_at_ms AS dueAtMs, json,
       EXISTS (SELECT 1 FROM webhook_deliveries WHERE waits = 1 AND endpoint_id = due.endpoint_id AND id < due.id) AS overtakes
     FROM webhook_deliveries AS due JOIN objects ON objects.id = event_id
     WHERE state = 'pending' AND endpoint_id = ? AND due.id NOT IN (SELECT value FROM json_each(?))
     ORDER BY due_at_ms, due.id LIMIT ?`,
    endpointId,
    JSON.stringify(except),
    limit,
  );
  const due = rows
    .filter(({ dueAtMs }) => dueAtMs <= atMs)
    .map(({ id, attempts, madeAtMs, overtakes, json }) => {
      return { id, endpointId, attempts, madeAtMs, overtakes: overtakes === 1, event: JSON.parse(json) as Event };
    });
  return { due, nextDueAtMs: rows[due.length]?.dueAtMs };
}

/**
 * Records attempts, all of them in one statement a table. A delivery that was given up meanwhile, since its endpoint was deleted,
 * is not tried again; one that is gone after a reset leaves nothing.
 */
export async function recordAttempts({ database, deliveries }: Tx, ended: readonly EndedAttempt[]): Promise<void> {
  const rows = ended.map(({ delivery: { id }, attempt, state, dueAtMs }) => ({ id, state, dueAtMs, ...attempt }));
  const json = JSON.stringify(rows);
  await database.run(
    `UPDATE webhook_deliveries
     SET state = iif(state = 'failed' AND value ->> 'state' = 'pending', state, value ->> 'state'),
       due_at_ms = value ->> 'dueAtMs', waits = 0, attempts = attempts + 1
     FROM json_each(?) WHERE webhook_deliveries.id = value ->> 'id'`,
    json,
  );
  await database.run(
    `INSERT INTO delivery_attempts (delivery_id, at_ms, answer, said)
     SELECT value ->> 'id', ?, value ->> 'answer', value ->> 'said' FROM json_each(?) AS ended
     WHERE EXISTS (SELECT 1 FROM webhook_deliveries WHERE webhook_deliveries.id = value ->> 'id') ORDER BY ended.key`,
    nowMs(),
    json,
  );
  const delivered = ended.flatMap(({ delivery, state }) => (state === 'delivered' ? [delivery] : []));
  for (const delivery of delivered) if (delivery.overtakes) await endWaiting(database, delivery);
  if (delivered.length > 0) await deliveries.count(delivered.map(({ event }) => event.id));
}

/** Makes due what waits to be overtaken by this delivery. */
function endWaiting(database: Connection, { id, endpointId }: DueDelivery): Promise<void> {
  return database.run(
    `UPDATE webhook_deliveries SET waits = 0, due_at_ms = min(due_at_ms, ?) WHERE waits = 1 AND endpoint_id = ? AND id < ?`,
    nowMs(),
    endpointId,
    id,
  );
}
