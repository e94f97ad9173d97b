import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { PaymentHistory } from './payment-history.entity.js';
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
  >
>;

/** The one place where a payment's row changes: facts are added, the status follows from them, history is kept. */
@Injectable()
export class PaymentLedger {
  /** Writes a new payment down, before Stripe hears of it. */
  async open(tx: EntityManager, payment: Omit<Payment, 'status' | 'amountRefunded'>, cause: string): Promise<void> {
    const { status } = derivePaymentState(payment, []);
    await tx.insert(Payment, { ...payment, status, amountRefunded: 0 });
    await this.note(tx, payment.id, null, status, cause);
  }

  /** Adds facts to a payment. What was known before is never taken back: adding the same twice changes nothing. */
  async add(tx: EntityManager, payment: Payment, facts: PaymentChange, cause: string): Promise<PaymentState> {
    const known: PaymentChange = {
      checkoutSessionId: payment.checkoutSessionId ?? facts.checkoutSessionId ?? null,
      paymentIntentId: payment.paymentIntentId ?? facts.paymentIntentId ?? null,
      processingAt: earliest(payment.processingAt, facts.processingAt),
      settledAt: earliest(payment.settledAt, facts.settledAt),
      failedAt: earliest(payment.failedAt, facts.failedAt),
      expiredAt: earliest(payment.expiredAt, facts.expiredAt),
      chargeRefundedHigh: Math.max(payment.chargeRefundedHigh, facts.chargeRefundedHigh ?? 0),
    };
    if (known.paymentIntentId && !payment.paymentIntentId)
      await this.adoptRefunds(tx, payment.id, known.paymentIntentId);
    Object.assign(payment, known);
    return this.refresh(tx, payment, cause);
  }

  /** Derives the state anew after the payment's refunds changed, and writes what changed. */
  async refresh(tx: EntityManager, payment: Payment, cause: string): Promise<PaymentState> {
    const before = payment.status;
    const state = await this.stateOf(tx, payment);
    payment.status = state.status;
    payment.amountRefunded = state.amountRefunded;
    await tx.update(Payment, { id: payment.id }, payment);
    if (state.status !== before) await this.note(tx, payment.id, before, state.status, cause);
    return state;
  }

  async stateOf(tx: EntityManager, payment: Payment): Promise<PaymentState> {
    return derivePaymentState(payment, await tx.findBy(PaymentRefund, { paymentId: payment.id }));
  }

  /** Refunds whose events came before we knew whose Payment Intent it is. */
  private async adoptRefunds(tx: EntityManager, paymentId: string, paymentIntentId: string): Promise<void> {
    await tx.update(PaymentRefund, { paymentIntentId }, { paymentId });
  }

  private async note(
    tx: EntityManager,
    paymentId: string,
    from: PaymentHistory['from'],
    to: PaymentHistory['to'],
    cause: string,
  ): Promise<void> {
    const seq = (await tx.countBy(PaymentHistory, { paymentId })) + 1;
    await tx.insert(PaymentHistory, { paymentId, seq, from, to, cause, at: new Date() });
  }
}

function earliest(known: Date | null, told: Date | null | undefined): Date | null {
  if (!known || !told) return known ?? told ?? null;
  return told < known ? told : known;
}
