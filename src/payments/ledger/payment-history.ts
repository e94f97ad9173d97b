import type { EntityManager } from 'typeorm';
import { jsonRows, fromJsonRows } from '../../database/sql.js';
import type { PaymentHistory } from './payment-history.entity.js';

/** One change of a payment's status. */
export type StatusChange = Pick<PaymentHistory, 'paymentId' | 'from' | 'to' | 'cause' | 'at' | 'actor'>;

/** Adds changes to the history, each numbered on from what is there; one of a payment at a time. */
export async function addToHistory(tx: EntityManager, changes: readonly StatusChange[]): Promise<void> {
  if (changes.length === 0) return;
  const learnedAt = Date.now();
  const rows = changes.map(({ paymentId, from, to, cause, at, actor }) => [
    paymentId,
    from,
    to,
    cause,
    at.getTime(),
    learnedAt,
    actor,
  ]);
  await tx.query(
    `INSERT INTO payment_history (payment_id, seq, from_status, to_status, cause, at, learned_at, actor)
     SELECT input.value->>0,
            (SELECT COALESCE(MAX(seq), 0) + 1 FROM payment_history WHERE payment_id = input.value->>0),
            input.value->>1, input.value->>2, input.value->>3, CAST(input.value->>4 AS bigint), CAST(input.value->>5 AS bigint),
            input.value->>6
     FROM ${fromJsonRows(tx, '$1')}`,
    [jsonRows(rows)],
  );
}
