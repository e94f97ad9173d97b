import type { EntityManager } from 'typeorm';
import { inList, jsonRows } from '../../database/sql.js';
import { Table } from '../../database/table.js';
import { type MoneyFacts, NO_MONEY_FACTS, type RefundStatus } from '../state/payment-facts.js';
import { PaymentDispute } from './dispute.entity.js';

/** The money facts of one Payment Intent. */
export interface IntentMoneyFacts extends MoneyFacts {
  /** Some refunds or disputes were stored before their payment was known. */
  unlinked: boolean;
}

type Row = { payment_intent_id: string; payment_id: string | null; amount: number | string } & (
  | { kind: 'refund'; status: RefundStatus }
  | ({ kind: 'charge'; status: null } & Record<'authorized_at' | 'captured_at' | 'canceled_at', Instant> & {
        captured_amount: number | string | null;
      })
);
type Instant = number | string | null;

const disputes = new Table(PaymentDispute);

/**
 * Reads the money facts of Payment Intents, by their id, in two statements however many they are. A Payment Intent of which nothing
 * is known has no entry. Refunds of one status are one entry with their sum, since there may be thousands.
 */
export async function moneyFactsOf(
  tx: EntityManager,
  intents: readonly string[],
): Promise<ReadonlyMap<string, IntentMoneyFacts>> {
  const known = new Map<string, IntentMoneyFacts>();
  if (intents.length === 0) return known;
  const theirs = inList(tx, 'payment_intent_id', 'varchar', '$1');
  const rows: Row[] = await tx.query(
    `SELECT 'refund' AS kind, payment_intent_id, payment_id, CAST(SUM(amount) AS bigint) AS amount, status, ${NO_CHARGE}
       FROM refunds WHERE ${theirs} AND ${MOVES_MONEY} GROUP BY payment_intent_id, payment_id, status
     UNION ALL SELECT 'charge', payment_intent_id, payment_intent_id, refunded_high, NULL,
       authorized_at, captured_at, captured_amount, canceled_at FROM charges WHERE ${theirs}`,
    [jsonRows(intents.map((intent) => [intent]))],
  );
  for (const row of rows) known.set(row.payment_intent_id, withRow(known.get(row.payment_intent_id), row));
  for (const dispute of await disputes.find(tx, { paymentIntentId: intents }))
    known.set(dispute.paymentIntentId, withDispute(known.get(dispute.paymentIntentId), dispute));
  return known;
}

/** Links the refunds and disputes of a Payment Intent that were stored before its payment was known. */
export async function linkMoneyFacts(tx: EntityManager, paymentId: string, intent: string): Promise<void> {
  for (const table of ['refunds', 'disputes'])
    await tx.query(`UPDATE ${table} SET payment_id = $1 WHERE payment_intent_id = $2 AND payment_id IS NULL`, [
      paymentId,
      intent,
    ]);
}

/**
 * The SQL condition that a refund returns money. Where a part of an authorized amount is captured, Stripe releases the rest as a
 * refund of exactly that amount without a balance transaction: it was never paid, so it does not count.
 */
export const MOVES_MONEY = `NOT (COALESCE(refunds.has_transaction, 1) = 0 AND EXISTS (
  SELECT 1 FROM charges AS released WHERE released.payment_intent_id = refunds.payment_intent_id
    AND refunds.amount = released.amount - released.captured_amount))`;

const NOTHING: IntentMoneyFacts = { ...NO_MONEY_FACTS, unlinked: false };

/** Fills the columns that only charges have. */
const NO_CHARGE = ['authorized_at', 'captured_at', 'captured_amount', 'canceled_at']
  .map((column) => `CAST(NULL AS bigint) AS ${column}`)
  .join();

const instantOf = (value: Instant): Date | null => (value === null ? null : new Date(Number(value)));

function withRow(known: IntentMoneyFacts = NOTHING, row: Row): IntentMoneyFacts {
  const amount = Number(row.amount); // PostgreSQL returns 64-bit integers as text
  const unlinked = known.unlinked || row.payment_id === null;
  switch (row.kind) {
    case 'refund':
      return { ...known, unlinked, refunds: [...known.refunds, { amount, status: row.status }] };
    case 'charge':
      return {
        ...known,
        refundedHigh: amount,
        authorizedAt: instantOf(row.authorized_at),
        capturedAt: instantOf(row.captured_at),
        capturedAmount: Number(row.captured_amount ?? 0),
        canceledAt: instantOf(row.canceled_at),
      };
  }
}

const withDispute = (known: IntentMoneyFacts = NOTHING, dispute: PaymentDispute): IntentMoneyFacts => ({
  ...known,
  unlinked: known.unlinked || dispute.paymentId === null,
  disputes: [...known.disputes, dispute],
});
