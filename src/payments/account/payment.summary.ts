import { type DisputeStatus, takenBy, takenByAlone } from '../state/dispute-state.js';
import { roundedDown } from '../state/money.js';
import { type PaymentStatus, type RefundFacts, type RefundStatus, wasPaid } from '../state/payment-facts.js';
import { isUnexplained, refundableOf } from '../state/payment-status.js';
import type { PaymentDispute } from '../store/dispute.entity.js';
import type { Payment, PaymentHistory } from '../store/payment.entity.js';

/** A payment for readers outside of the store. Amounts in minor units of `currency`. */
export interface PaymentSummary {
  id: string;
  checkoutSessionId: string | null;
  /** Stripe's id of the invoice that it paid; `null` for a purchase. */
  invoiceId: string | null;
  /** That invoice's number, for people. */
  invoiceNumber: string | null;
  paymentIntentId: string | null;
  email: string;
  /** The name of what was bought; empty where only its invoice is known (`whatWasBought`). */
  description: string;
  /** The lookup key of what was bought, or the payment link's id. */
  priceKey: string;
  /** What this app asked for; `null` where the payment was not started here. */
  requested: { amount: number; currency: string } | null;
  /** What the Checkout Session charged; `null` until it completed. */
  charged: { amount: number; currency: string } | null;
  /** Whether the two differ without an explanation and no operator has accepted it: the payment is not settled then. */
  unexplained: boolean;
  amount: number;
  amountRefunded: number;
  /** What disputes took of the rest. With `amountRefunded` never more than `amount`. */
  amountDisputed: number;
  /** What may still be refunded. */
  refundable: number;
  currency: string;
  status: PaymentStatus;
  createdAt: Date;
  /** Oldest first; pages have only the last ones. */
  refunds: RefundSummary[];
  /** The refunds before those: how many, and the sum of all that did not fail. */
  earlierRefunds: { count: number; amount: number };
  disputes: DisputeOfPayment[];
}

export interface RefundSummary {
  /** Stripe's `re_…`; our id until Stripe has made it. */
  id: string;
  /** Minor units of the payment's currency. */
  amount: number;
  status: RefundStatus;
  /** Why it was requested, and why it failed: Stripe's codes. */
  reason: string | null;
  failureReason: string | null;
  /** Who requested it here: a user's id, or `command line` with the operator's name. `null` where it was made elsewhere. */
  requestedBy: string | null;
  createdAt: Date;
}

/** The refunds of one payment: the last ones in detail, the others as sums. Amounts in minor units. */
export interface RefundsOfPayment {
  /** Oldest first. */
  shown: RefundSummary[];
  /** The refunds before those: how many, and the sum of all that did not fail. */
  earlier: { count: number; amount: number };
  /** All requested refunds whose result is not known yet, as one. */
  requested: RefundFacts;
}

export interface DisputeSummary {
  id: string;
  /** Minor units of `currency`. */
  amount: number;
  /** ISO 4217, in lower case; not always the payment's currency. */
  currency: string;
  status: DisputeStatus;
  reason: string;
  /** The deadline for evidence; `null` where the bank takes none. */
  dueBy: Date | null;
  withdrawnAt: Date | null;
  reinstatedAt: Date | null;
  createdAt: Date;
}

/** A dispute together with its payment. */
export interface DisputeOfPayment extends DisputeSummary {
  /** What it takes of the payment besides refunds and other disputes. Minor units of the payment's currency. */
  taken: number;
  /** Whether the bank has the disputed money, even where all of it had been refunded before. */
  isAway: boolean;
}

/** A payment with its history, oldest first. */
export interface PaymentDetails extends PaymentSummary {
  history: Pick<PaymentHistory, 'from' | 'to' | 'cause' | 'at' | 'learnedAt' | 'actor'>[];
}

/** Summarizes a payment with its refunds and disputes; the disputes oldest first. */
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
    invoiceId: payment.invoiceId,
    invoiceNumber: payment.invoiceNumber,
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
    // Stripe also reports the release of a reserved amount as a refund.
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

/** The last payment of a page: the next page starts after it. */
export interface Cursor {
  createdAt: Date;
  id: string;
}

/** The cursor for an address. */
export const cursorOf = ({ createdAt, id }: Cursor): string =>
  Buffer.from(`${createdAt.getTime()}_${id}`).toString('base64url');

/** Reads a cursor from an address; `undefined` for any other text. */
export function readCursor(text: string): Cursor | undefined {
  const [, time, id] = /^(\d{1,15})_([\w-]{1,100})$/.exec(Buffer.from(text, 'base64url').toString('utf8')) ?? [];
  return time && id ? { createdAt: new Date(Number(time)), id } : undefined;
}
