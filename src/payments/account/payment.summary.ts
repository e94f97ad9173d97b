import type { PaymentDispute } from '../store/dispute.entity.js';
import { takenBy, takenByAlone } from '../state/dispute-money.js';
import type { DisputeStatus } from '../state/dispute-state.js';
import type { Payment } from '../store/payment.entity.js';
import type { PaymentHistory } from '../store/payment-history.entity.js';
import {
  isUnexplained,
  type PaymentStatus,
  type RefundFacts,
  refundableOf,
  type RefundStatus,
  wasPaid,
} from '../state/payment-status.js';
import { roundedDown } from '../state/money.js';

/** A payment as other modules see it. Amounts in minor units of `currency`. */
export interface PaymentSummary {
  id: string;
  checkoutSessionId: string | null;
  paymentIntentId: string | null;
  email: string;
  description: string;
  /** The lookup key of what was bought, or the payment link. */
  priceKey: string;
  /** What was asked for here; none where the payment was not started here. */
  requested: { amount: number; currency: string } | null;
  /** What the Checkout Session charged; none until it completed. */
  charged: { amount: number; currency: string } | null;
  /** The two differ, nothing explains it, and no operator has accepted it: the payment is not settled. */
  unexplained: boolean;
  amount: number;
  amountRefunded: number;
  /** What disputes took of the rest. */
  amountDisputed: number;
  /** What may still be refunded. */
  refundable: number;
  currency: string;
  status: PaymentStatus;
  createdAt: Date;
  /** Oldest first; on pages only the last few. */
  refunds: RefundSummary[];
  /** Those before `refunds`: how many, and what they gave back or are about to. */
  earlierRefunds: { count: number; amount: number };
  disputes: DisputeOfPayment[];
}

export interface RefundSummary {
  id: string;
  amount: number;
  status: RefundStatus;
  /** Why it was asked for, and why it failed: Stripe's words. */
  reason: string | null;
  failureReason: string | null;
  /** Who asked for it here: a user's id, or `command line` with the operator's name. None where it was made elsewhere. */
  requestedBy: string | null;
  createdAt: Date;
}

/** The refunds of one payment, or the last of them and the sums of the others. Amounts in minor units. */
export interface RefundsOfPayment {
  /** Oldest first. */
  shown: RefundSummary[];
  /** Those before: how many, and what they gave back or are about to. */
  earlier: { count: number; amount: number };
  /** All that are asked for, with no answer yet, as one. */
  requested: RefundFacts;
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
export interface PaymentDetails extends PaymentSummary {
  history: Pick<PaymentHistory, 'from' | 'to' | 'cause' | 'at' | 'learnedAt' | 'actor'>[];
}

export function summarize(
  payment: Payment,
  refunds: RefundsOfPayment,
  disputes: readonly PaymentDispute[],
): PaymentSummary {
  const { status, amountRefunded } = payment;
  const taken = wasPaid(status) ? takenBy(payment, disputes) : [];
  return {
    id: payment.id,
    checkoutSessionId: payment.checkoutSessionId,
    paymentIntentId: payment.paymentIntentId,
    email: payment.email,
    description: payment.description,
    priceKey: payment.priceKey,
    requested: money(payment.requestedAmount, payment.requestedCurrency),
    charged: money(payment.chargedAmount, payment.chargedCurrency),
    unexplained: isUnexplained(payment),
    amount: payment.amount,
    amountRefunded,
    amountDisputed: taken.reduce((total, amount) => total + amount, 0),
    refundable: roundedDown(refundableOf(payment, { refunds: [refunds.requested], disputes }), payment.currency),
    currency: payment.currency,
    status,
    createdAt: payment.createdAt,
    // Stripe calls it a refund, too, when an amount is released that was only reserved.
    refunds: wasPaid(status) ? refunds.shown : [],
    earlierRefunds: wasPaid(status) ? refunds.earlier : { count: 0, amount: 0 },
    disputes: disputes.map((dispute, at) => ({
      ...summarizeDispute(dispute),
      taken: taken[at] ?? 0,
      isAway: wasPaid(status) && takenByAlone(payment, dispute) > 0,
    })),
  };
}

const money = (amount: number | null, currency: string | null) =>
  amount === null || currency === null ? null : { amount, currency };

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
