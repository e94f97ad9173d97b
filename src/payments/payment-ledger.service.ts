import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Table } from '../database/table.js';
import { ChargeFacts } from './charge.entity.js';
import { addToHistory, type StatusChange } from './payment-history.js';
import { derivePaymentState, type PaymentState } from './payment-status.js';
import { Payment } from './payment.entity.js';
import { PaymentRefund } from './refund.entity.js';

/** The moments and identifiers that facts add to a payment. */
export type PaymentChange = Partial<
  Pick<
    Payment,
    | 'checkoutSessionId'
    | 'paymentIntentId'
    | 'processingAt'
    | 'settledAt'
    | 'failedAt'
    | 'expiredAt'
    | 'amount'
    | 'currency'
  >
>;

/** Facts about a payment, and who told of them. */
export interface PaymentNews {
  payment: Payment;
  facts: PaymentChange;
  cause: string;
}

/** The one place where a payment's row changes: facts are added, the status follows from them, history is kept. */
@Injectable()
export class PaymentLedger {
  /** Writes a new payment down, before Stripe hears of it. */
  async open(tx: EntityManager, payment: Omit<Payment, 'status' | 'amountRefunded'>, cause: string): Promise<void> {
    const { status } = derivePaymentState(payment, []);
    await payments.insert(tx, { ...payment, status, amountRefunded: 0 });
    await addToHistory(tx, [{ paymentId: payment.id, from: null, to: status, cause }]);
  }

  /**
   * Adds facts to payments, in a few statements however many they are. What was known before is never taken back: adding
   * the same twice changes nothing.
   */
  async add(tx: EntityManager, news: readonly PaymentNews[]): Promise<void> {
    const rows = new Map<string, Payment>();
    for (const { payment, facts } of news) rows.set(payment.id, withFacts(rows.get(payment.id) ?? payment, facts));
    const stateOf = await statesOf(tx, [...rows.values()]);
    const changed: Payment[] = [];
    const properties = new Set<keyof Payment>();
    const changes: StatusChange[] = [];
    for (const [id, row] of rows) {
      const told = news.filter(({ payment }) => payment.id === id);
      const before = told[0]?.payment;
      if (!before) continue;
      const { status, amountRefunded } = stateOf(row);
      const after = { ...row, status, amountRefunded };
      const keys = changedKeys(before, after);
      if (keys.length > 0) changed.push(after);
      for (const key of keys) properties.add(key);
      const cause = told.map((one) => one.cause).join(', ');
      if (status !== before.status) changes.push({ paymentId: id, from: before.status, to: status, cause });
    }
    await payments.updateAll(tx, changed, 'id', [...properties]);
    await addToHistory(tx, changes);
  }

  /** Derives the state anew after the payment's refunds changed, and writes what changed. */
  refresh(tx: EntityManager, payment: Payment, cause: string): Promise<void> {
    return this.add(tx, [{ payment, facts: {}, cause }]);
  }

  async stateOf(tx: EntityManager, payment: Payment): Promise<PaymentState> {
    return (await statesOf(tx, [payment]))(payment);
  }
}

const payments = new Table(Payment);
const refunds = new Table(PaymentRefund);
const charges = new Table(ChargeFacts);

function withFacts(payment: Payment, facts: PaymentChange): Payment {
  return {
    ...payment,
    checkoutSessionId: payment.checkoutSessionId ?? facts.checkoutSessionId ?? null,
    paymentIntentId: payment.paymentIntentId ?? facts.paymentIntentId ?? null,
    processingAt: earliest(payment.processingAt, facts.processingAt),
    settledAt: earliest(payment.settledAt, facts.settledAt),
    failedAt: earliest(payment.failedAt, facts.failedAt),
    expiredAt: earliest(payment.expiredAt, facts.expiredAt),
    // What Stripe says was charged counts, and is the same however often it is told.
    amount: facts.amount ?? payment.amount,
    currency: facts.currency ?? payment.currency,
  };
}

/** What follows for each of these payments from its own facts, its refunds and its charge. */
async function statesOf(tx: EntityManager, rows: readonly Payment[]): Promise<(row: Payment) => PaymentState> {
  const intents = rows.flatMap(({ paymentIntentId }) => paymentIntentId ?? []);
  if (intents.length === 0) return (row) => derivePaymentState(row, []);
  const refunded = await refundsOf(tx, rows, intents);
  const found = await charges.find(tx, { paymentIntentId: intents });
  const highs = new Map<string | null, number>(found.map((charge) => [charge.paymentIntentId, charge.refundedHigh]));
  return (row) => derivePaymentState(row, refunded.get(row.paymentIntentId) ?? [], highs.get(row.paymentIntentId));
}

/** Refunds by Payment Intent. Those whose events came before we knew whose it is are joined to their payment here. */
async function refundsOf(
  tx: EntityManager,
  rows: readonly Payment[],
  intents: string[],
): Promise<Map<string | null, PaymentRefund[]>> {
  const byIntent = new Map<string | null, PaymentRefund[]>();
  for (const refund of await refunds.find(tx, { paymentIntentId: intents })) {
    const { paymentIntentId } = refund;
    byIntent.set(paymentIntentId, [...(byIntent.get(paymentIntentId) ?? []), refund]);
    const paymentId = rows.find((row) => row.paymentIntentId === paymentIntentId)?.id ?? null;
    if (refund.paymentId === null) await refunds.update(tx, { id: refund.id }, { paymentId });
  }
  return byIntent;
}

function changedKeys(before: Payment, after: Payment): (keyof Payment)[] {
  const keys = Object.keys(after) as (keyof Payment)[];
  return keys.filter((key) => {
    const [a, b] = [before[key], after[key]];
    return a instanceof Date && b instanceof Date ? +a !== +b : a !== b;
  });
}

function earliest(known: Date | null, told: Date | null | undefined): Date | null {
  if (!known || !told) return known ?? told ?? null;
  return told < known ? told : known;
}
