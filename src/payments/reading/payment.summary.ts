import type { PaymentDispute } from '../disputes/dispute.entity.js';
import { takenBy, takenByAlone } from '../disputes/dispute-money.js';
import type { DisputeStatus } from '../disputes/dispute-rank.js';
import type { Payment } from '../ledger/payment.entity.js';
import type { PaymentHistory } from '../ledger/payment-history.entity.js';
import { type PaymentStatus, refundableOf, type RefundStatus } from '../ledger/payment-status.js';
import type { PaymentRefund } from '../refunds/refund.entity.js';

/** A payment as other modules see it. Amounts in minor units of `currency`. */
export interface PaymentSummary {
  id: string;
  checkoutSessionId: string | null;
  paymentIntentId: string | null;
  email: string;
  description: string;
  amount: number;
  amountRefunded: number;
  /** What disputes took of the rest. */
  amountDisputed: number;
  /** What may still be refunded. */
  refundable: number;
  currency: string;
  status: PaymentStatus;
  createdAt: Date;
  refunds: RefundSummary[];
  disputes: DisputeOfPayment[];
}

export interface RefundSummary {
  id: string;
  amount: number;
  status: RefundStatus;
  /** Why it was asked for, and why it failed: Stripe's words. */
  reason: string | null;
  failureReason: string | null;
  createdAt: Date;
}

export interface DisputeSummary {
  id: string;
  /** Minor units of `currency`. */
  amount: number;
  /** ISO 4217, in lower case; not always the payment's own. */
  currency: string;
  status: DisputeStatus;
  reason: string;
  /** Until when evidence is taken. */
  dueBy: Date | null;
  withdrawnAt: Date | null;
  reinstatedAt: Date | null;
  createdAt: Date;
}

/** A dispute beside its payment. */
export interface DisputeOfPayment extends DisputeSummary {
  /** What it takes of the payment, beside refunds and other disputes. Minor units of the payment's currency. */
  taken: number;
  /** Whether the disputed money is with the bank, also where all of it was refunded before. */
  isAway: boolean;
}

/** A payment with every change of its status, oldest first. */
export interface PaymentStory extends PaymentSummary {
  history: Pick<PaymentHistory, 'from' | 'to' | 'cause' | 'at'>[];
}

export function summarize(
  payment: Payment,
  refunds: readonly PaymentRefund[],
  disputes: readonly PaymentDispute[],
): PaymentSummary {
  const { status, amountRefunded } = payment;
  const taken = takenBy(payment, disputes);
  return {
    id: payment.id,
    checkoutSessionId: payment.checkoutSessionId,
    paymentIntentId: payment.paymentIntentId,
    email: payment.email,
    description: payment.description,
    amount: payment.amount,
    amountRefunded,
    amountDisputed: taken.reduce((total, amount) => total + amount, 0),
    refundable: refundableOf(payment, { refunds, disputes }),
    currency: payment.currency,
    status,
    createdAt: payment.createdAt,
    refunds: refunds.map((refund) => ({
      id: refund.stripeRefundId ?? refund.id,
      amount: refund.amount,
      status: refund.status,
      reason: refund.reason,
      failureReason: refund.failureReason,
      createdAt: refund.createdAt,
    })),
    disputes: disputes.map((dispute, at) => ({
      ...summarizeDispute(dispute),
      taken: taken[at] ?? 0,
      isAway: takenByAlone(payment, dispute) > 0,
    })),
  };
}

export const summarizeDispute = (dispute: PaymentDispute): DisputeSummary => ({
  id: dispute.id,
  amount: dispute.amount,
  currency: dispute.currency,
  status: dispute.status,
  reason: dispute.reason,
  dueBy: dispute.dueBy,
  withdrawnAt: dispute.withdrawnAt,
  reinstatedAt: dispute.reinstatedAt,
  createdAt: dispute.createdAt,
});
