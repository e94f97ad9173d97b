import type { EntityManager } from 'typeorm';
import { inList, jsonRows } from '../../database/sql.js';
import type { RefundStatus } from '../state/payment-facts.js';
import { MOVES_MONEY } from '../store/money-facts.js';
import type { RefundsOfPayment, RefundSummary } from './payment.summary.js';

/** PostgreSQL returns 64-bit integers as text. */
type Integer = number | string;
interface RefundRow {
  id: string;
  payment_id: string;
  amount: Integer;
  status: RefundStatus;
  reason: string | null;
  failure_reason: string | null;
  requested_by: string | null;
  created_at: Integer;
}
interface SumRow {
  payment_id: string;
  count: Integer;
  amount: Integer;
  requested: Integer;
}

/** Statuses of refunds that return no money. */
const WITHOUT_MONEY: RefundStatus[] = ['refused', 'failed', 'canceled'];
const noneOf = WITHOUT_MONEY.map((status) => `'${status}'`).join();

/**
 * Reads the refunds of payments in two statements: of each payment at most the last `limit` in detail, and the sums of the others,
 * since a payment may have thousands. A payment without refunds has no entry.
 */
export async function refundsOfPayments(
  reading: EntityManager,
  paymentIds: readonly string[],
  limit: number,
): Promise<ReadonlyMap<string, RefundsOfPayment>> {
  const theirs = inList(reading, 'payment_id', 'varchar', '$1');
  const ids = jsonRows(paymentIds.map((id) => [id]));
  const rows: RefundRow[] = await reading.query(
    `SELECT COALESCE(stripe_refund_id, id) AS id, payment_id, amount, status, reason, failure_reason, requested_by, created_at
     FROM refunds WHERE id IN (
       SELECT id FROM (
         SELECT id, ROW_NUMBER() OVER (PARTITION BY payment_id ORDER BY created_at DESC, id DESC) AS nth
         FROM refunds WHERE ${theirs} AND ${MOVES_MONEY}
       ) AS numbered WHERE nth <= $2
     ) ORDER BY created_at, refunds.id`,
    [ids, limit],
  );
  const sums: SumRow[] = await reading.query(
    `SELECT payment_id, COUNT(*) AS count, SUM(CASE WHEN status IN (${noneOf}) THEN 0 ELSE amount END) AS amount,
            SUM(CASE WHEN status = 'requested' THEN amount ELSE 0 END) AS requested
     FROM refunds WHERE ${theirs} AND ${MOVES_MONEY} GROUP BY payment_id`,
    [ids],
  );
  const shown = new Map<string, RefundSummary[]>(sums.map(({ payment_id: id }) => [id, []]));
  for (const row of rows) shown.get(row.payment_id)?.push(summaryOf(row));
  return new Map(sums.map((sum) => [sum.payment_id, combine(sum, shown.get(sum.payment_id) ?? [])]));
}

/** The entry of a payment without refunds. */
export const NO_REFUNDS: RefundsOfPayment = {
  shown: [],
  earlier: { count: 0, amount: 0 },
  requested: { amount: 0, status: 'requested' },
};

function combine(sum: SumRow, shown: RefundSummary[]): RefundsOfPayment {
  const given = shown.filter(({ status }) => !WITHOUT_MONEY.includes(status));
  const amount = given.reduce((rest, refund) => rest - refund.amount, Number(sum.amount));
  return {
    shown,
    earlier: { count: Number(sum.count) - shown.length, amount },
    requested: { amount: Number(sum.requested), status: 'requested' },
  };
}

const summaryOf = (row: RefundRow): RefundSummary => ({
  id: row.id,
  amount: Number(row.amount),
  status: row.status,
  reason: row.reason,
  failureReason: row.failure_reason,
  requestedBy: row.requested_by,
  createdAt: new Date(Number(row.created_at)),
});
