import type { EntityManager } from 'typeorm';
import { fromJsonRows, jsonRows } from '../database/sql.js';
import { machineNow } from '../time/clock.js';
import type { Ignored } from './index.js';
import { nextRunState, type RunResult, type RunState } from './retry-policy.js';
import { HandlerRun } from './webhook-event.entity.js';

/** Why `apply` left the event alone. Handlers may resolve with anything else, such as rows. */
export const reasonOf = (result: unknown): string | undefined => {
  const reason: unknown =
    typeof result === 'object' && result !== null ? (result as Partial<Ignored>).ignored : undefined;
  return typeof reason === 'string' ? reason : undefined;
};

/** Stores the result of one run. */
export async function saveRun(
  tx: EntityManager,
  eventId: string,
  handler: string,
  result: RunResult,
): Promise<RunState> {
  const before = await tx.findOneBy(HandlerRun, { eventId, handler });
  const state = nextRunState(before?.attempts ?? 0, result, machineNow());
  await tx.upsert(HandlerRun, { eventId, handler, ...state }, ['eventId', 'handler']);
  return state;
}

/** Stores that a handler is done with these events, of which it has no run yet. */
export async function insertDoneRuns(
  tx: EntityManager,
  handler: string,
  events: readonly { id: string }[],
): Promise<void> {
  await tx.query(
    `INSERT INTO webhook_handler_runs (event_id, handler, status, attempts)
     SELECT input.value->>0, input.value->>1, 'done', 1 FROM ${fromJsonRows(tx, '$1')}`,
    [jsonRows(events.map(({ id }) => [id, handler]))],
  );
}
