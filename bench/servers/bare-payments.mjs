import { PAGE_SIZE } from '../data/customer-payments.mjs';
import { summarize } from './product-parts.mjs';

const REFUNDS_OF_A_PAYMENT = 10;
const NO_REFUNDS = { shown: [], earlier: { count: 0, amount: 0 }, requested: { amount: 0, status: 'requested' } };
const MOVES_MONEY = `NOT (COALESCE(refunds.has_transaction, 1) = 0 AND EXISTS (
  SELECT 1 FROM charges AS released WHERE released.payment_intent_id = refunds.payment_intent_id
    AND refunds.amount = released.amount - released.captured_amount))`;
const OF_PAYMENTS = 'payment_id IN (SELECT value FROM json_each(?))';

/** Reads a page of payments with the product's four statements, through better-sqlite3. */
export class BarePayments {
  constructor(database) {
    this.page = database.prepare(
      `SELECT * FROM payments WHERE user_id IN (?, ?) ORDER BY created_at DESC, id DESC LIMIT ${PAGE_SIZE + 1}`,
    );
    this.refunds = database.prepare(
      `SELECT COALESCE(stripe_refund_id, id) AS id, payment_id, amount, status, reason, failure_reason, requested_by, created_at
       FROM refunds WHERE id IN (
         SELECT id FROM (
           SELECT id, ROW_NUMBER() OVER (PARTITION BY payment_id ORDER BY created_at DESC, id DESC) AS nth
           FROM refunds WHERE ${OF_PAYMENTS} AND ${MOVES_MONEY}
         ) WHERE nth <= ${REFUNDS_OF_A_PAYMENT}
       ) ORDER BY created_at, id`,
    );
    this.refundSums = database.prepare(
      `SELECT payment_id, COUNT(*) AS count,
              SUM(CASE WHEN status IN ('refused', 'failed', 'canceled') THEN 0 ELSE amount END) AS amount,
              SUM(CASE WHEN status = 'requested' THEN amount ELSE 0 END) AS requested
       FROM refunds WHERE ${OF_PAYMENTS} AND ${MOVES_MONEY} GROUP BY payment_id`,
    );
    this.disputes = database.prepare(`SELECT * FROM disputes WHERE ${OF_PAYMENTS} ORDER BY created_at, id`);
  }

  /** The newest payments of a user, and the cursor of the next page. */
  firstPage(userId) {
    const found = this.page.all(userId, `email:${userId}`).map(entityOf);
    const payments = found.slice(0, PAGE_SIZE);
    const ids = JSON.stringify(payments.map(({ id }) => id));
    const shown = byPayment(this.refunds.all(ids));
    const sums = new Map(this.refundSums.all(ids).map((sum) => [sum.payment_id, sum]));
    const disputes = byPayment(this.disputes.all(ids));
    return {
      payments: payments.map((payment) =>
        summarize(payment, refundsOf(shown.get(payment.id), sums.get(payment.id)), disputes.get(payment.id) ?? []),
      ),
      next: found.length > PAGE_SIZE ? cursorOf(payments.at(-1)) : undefined,
    };
  }
}

/** In the product's format. */
const cursorOf = ({ createdAt, id }) => Buffer.from(`${createdAt.getTime()}_${id}`).toString('base64url');

function refundsOf(shown = [], sum = undefined) {
  if (!sum) return NO_REFUNDS;
  const amount = shown.reduce((rest, refund) => rest - refund.amount, sum.amount);
  return {
    shown,
    earlier: { count: sum.count - shown.length, amount },
    requested: { amount: sum.requested, status: 'requested' },
  };
}

function byPayment(rows) {
  const groups = new Map();
  for (const entity of rows.map(entityOf)) {
    const group = groups.get(entity.paymentId);
    if (group) group.push(entity);
    else groups.set(entity.paymentId, [entity]);
  }
  return groups;
}

/** Property names by column name: `created_at` is `createdAt`. */
const properties = new Map();

/** A row with the names and the dates that the product's functions take. */
function entityOf(row) {
  const entity = {};
  for (const column in row) {
    let name = properties.get(column);
    if (!name) properties.set(column, (name = column.replace(/_(\w)/g, (_, letter) => letter.toUpperCase())));
    const value = row[column];
    entity[name] = value !== null && (column.endsWith('_at') || column === 'due_by') ? new Date(value) : value;
  }
  return entity;
}
