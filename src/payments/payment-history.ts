import type { EntityManager } from 'typeorm';
import type { PaymentHistory } from './payment-history.entity.js';

/** One change of a payment's status. */
export type StatusChange = Pick<PaymentHistory, 'paymentId' | 'from' | 'to' | 'cause'>;

/** Adds changes to the history, each numbered on from what is there; one of a payment at a time. */
export async function addToHistory(tx: EntityManager, changes: readonly StatusChange[]): Promise<void> {
  if (changes.length === 0) return;
  const at = Date.now();
  const values = changes.flatMap(({ paymentId, from, to, cause }) => [paymentId, paymentId, from, to, cause, at]);
  const rows = changes.map((_, row) => {
    const [id, same, ...rest] = Array.from({ length: 6 }, (_value, column) => `$${6 * row + column + 1}`);
    const seq = `(SELECT COALESCE(MAX(seq), 0) + 1 FROM payment_history WHERE payment_id = ${same})`;
    return `(${[id, seq, ...rest].join()})`;
  });
  await tx.query(
    `INSERT INTO payment_history (payment_id, seq, from_status, to_status, cause, at) VALUES ${rows.join()}`,
    values,
  );
}
