import type { DisputeFacts } from './dispute-state.js';

/** What a payment is, for the customer and for the books. Always derived from facts (`derivePaymentState`), never set. */
export type PaymentStatus =
  | 'pending'
  | 'processing'
  | 'authorized'
  | 'paid'
  | 'partially_refunded'
  | 'refunded'
  | 'disputed'
  | 'failed'
  | 'expired';

/** Statuses in which the seller has the money, or a part of it. */
export const KEPT_STATUSES: readonly PaymentStatus[] = ['paid', 'partially_refunded'];

/** Whether a payment of this status was ever paid. */
export const wasPaid = (status: PaymentStatus): boolean =>
  ['paid', 'partially_refunded', 'refunded', 'disputed'].includes(status);

/**
 * The status of a refund. Two are ours alone: `requested` is stored here and its result at Stripe is not known yet; `refused` was
 * never made. The others are Stripe's: https://docs.stripe.com/api/refunds/object#refund_object-status
 */
export type RefundStatus =
  'requested' | 'refused' | 'pending' | 'requires_action' | 'succeeded' | 'failed' | 'canceled';

/** What brought facts, for the payment's history. */
export interface FactSource {
  /** The event's id, the user's action or the command. */
  cause: string;
  /** When it happened: by Stripe's clock where Stripe gives a time. */
  at: Date;
  /** Who did it, where that is known: a user's id, or `command line`. */
  actor?: string | undefined;
}

/** The facts of a payment. They are only ever added, so their order does not matter. Amounts in minor units. */
export interface PaymentFacts {
  /** Used only where nothing below is known: in rows written before these facts were kept. */
  amount: number;
  /** Of `amount`. ISO 4217, in lower case. */
  currency: string;
  /** What this app asked for. */
  requestedAmount: number | null;
  requestedCurrency: string | null;
  /** What the completed Checkout Session says was charged. */
  chargedAmount: number | null;
  chargedCurrency: string | null;
  /** When the session charged an amount that neither the price nor Stripe explains, and when an operator accepted it. */
  unexplainedAt: Date | null;
  acceptedAt: Date | null;
  /** When the session completed while its money was still to come: a delayed method, or an amount that is only reserved. */
  processingAt: Date | null;
  settledAt: Date | null;
  failedAt: Date | null;
  expiredAt: Date | null;
}

/** One refund. `amount` in minor units of the payment's currency. */
export interface RefundFacts {
  amount: number;
  status: RefundStatus;
}

/** What is known of one Payment Intent's money. It may be known before the payment that it belongs to. */
export interface MoneyFacts {
  refunds: readonly RefundFacts[];
  disputes: readonly DisputeFacts[];
  /** The highest sum of refunds that Stripe ever reported on the charge, minor units. */
  refundedHigh: number;
  /** When the amount was reserved without being taken (manual capture). */
  authorizedAt: Date | null;
  /** When the money was taken, and how much of it, minor units. */
  capturedAt: Date | null;
  capturedAmount: number;
  /** When the Payment Intent was canceled, or its authorization ran out. */
  canceledAt: Date | null;
}

/** The facts of a Payment Intent of which nothing is known. */
export const NO_MONEY_FACTS: MoneyFacts = {
  refunds: [],
  disputes: [],
  refundedHigh: 0,
  authorizedAt: null,
  capturedAt: null,
  capturedAmount: 0,
  canceledAt: null,
};

/** Whether the money of a refund came back, or never left. */
export const isUndone = ({ status }: Pick<RefundFacts, 'status'>): boolean =>
  status === 'failed' || status === 'canceled';
