import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Table } from '../database/table.js';
import type { PaymentHistory } from './payment-history.entity.js';
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
    | 'chargeRefundedHigh'
    | 'amount'
    | 'currency'
  >
>;

/** The one place where a payment's row changes: facts are added, the status follows from them, history is kept. */
@Injectable()
export class PaymentLedger {
  /** Writes a new payment down, before Stripe hears of it. */
  async open(tx: EntityManager, payment: Omit<Payment, 'status' | 'amountRefunded'>, cause: string): Promise<void> {
    const { status } = derivePaymentState(payment, []);
    await payments.insert(tx, { ...payment, status, amountRefunded: 0 });
    await note(tx, payment.id, null, status, cause);
  }

  /** Adds facts to a payment. What was known before is never taken back: adding the same twice changes nothing. */
  async add(tx: EntityManager, payment: Payment, facts: PaymentChange, cause: string): Promise<PaymentState> {
    const known = {
      checkoutSessionId: payment.checkoutSessionId ?? facts.checkoutSessionId ?? null,
      paymentIntentId: payment.paymentIntentId ?? facts.paymentIntentId ?? null,
      processingAt: earliest(payment.processingAt, facts.processingAt),
      settledAt: earliest(payment.settledAt, facts.settledAt),
      failedAt: earliest(payment.failedAt, facts.failedAt),
      expiredAt: earliest(payment.expiredAt, facts.expiredAt),
      chargeRefundedHigh: Math.max(payment.chargeRefundedHigh, facts.chargeRefundedHigh ?? 0),
      // What Stripe says was charged counts, and is the same however often it is told.
      amount: facts.amount ?? payment.amount,
      currency: facts.currency ?? payment.currency,
    };
    return this.write(tx, payment, known, cause);
  }

  /** Derives the state anew after the payment's refunds changed, and writes what changed. */
  refresh(tx: EntityManager, payment: Payment, cause: string): Promise<PaymentState> {
    return this.write(tx, payment, {}, cause);
  }

  async stateOf(tx: EntityManager, payment: Payment): Promise<PaymentState> {
    return derivePaymentState(payment, await refundsOf(tx, payment));
  }

  private async write(tx: EntityManager, before: Payment, facts: PaymentChange, cause: string): Promise<PaymentState> {
    const after = { ...before, ...facts };
    const state = derivePaymentState(after, await refundsOf(tx, after));
    const changes = changesOf(before, { ...facts, status: state.status, amountRefunded: state.amountRefunded });
    if (changes) await payments.update(tx, { id: before.id }, changes);
    if (state.status !== before.status) await note(tx, before.id, before.status, state.status, cause);
    return state;
  }
}

const payments = new Table(Payment);
const refunds = new Table(PaymentRefund);

/** The refunds of a payment. Those whose events came before we knew whose Payment Intent it is are joined to it here. */
async function refundsOf(tx: EntityManager, { id, paymentIntentId }: Payment): Promise<PaymentRefund[]> {
  if (!paymentIntentId) return [];
  const found = await refunds.find(tx, { paymentIntentId });
  if (found.some(({ paymentId }) => paymentId === null))
    await refunds.update(tx, { paymentIntentId }, { paymentId: id });
  return found;
}

/** Adds to the history, numbered on from what is there. */
async function note(
  tx: EntityManager,
  paymentId: string,
  from: PaymentHistory['from'],
  to: PaymentHistory['to'],
  cause: string,
): Promise<void> {
  await tx.query(
    `INSERT INTO payment_history (payment_id, seq, from_status, to_status, cause, at)
     SELECT CAST($1 AS varchar), COALESCE(MAX(seq), 0) + 1, CAST($2 AS varchar), CAST($3 AS varchar),
            CAST($4 AS varchar), CAST($5 AS bigint)
     FROM payment_history WHERE payment_id = $6`,
    [paymentId, from, to, cause, Date.now(), paymentId],
  );
}

/** What is new; `undefined` where nothing is. */
function changesOf(before: Payment, after: Partial<Payment>): Partial<Payment> | undefined {
  const changed = Object.entries(after).filter(([key, value]) => !isSame(before[key as keyof Payment], value));
  return changed.length > 0 ? (Object.fromEntries(changed) as Partial<Payment>) : undefined;
}

const isSame = (a: unknown, b: unknown) => (a instanceof Date && b instanceof Date ? +a === +b : a === b);

function earliest(known: Date | null, told: Date | null | undefined): Date | null {
  if (!known || !told) return known ?? told ?? null;
  return told < known ? told : known;
}
