import type { FactSource } from '../state/payment-facts.js';
import type { Payment } from './payment.entity.js';

/** The row of a new payment, before its state is derived. */
export type NewPaymentRow = Omit<Payment, 'status' | 'amountRefunded'>;

/** The columns of a payment of which nothing is known yet. */
export const NO_PAYMENT_FACTS = {
  requestedAmount: null,
  requestedCurrency: null,
  otherPrices: null,
  chargedAmount: null,
  chargedCurrency: null,
  unexplainedAt: null,
  acceptedAt: null,
  processingAt: null,
  settledAt: null,
  failedAt: null,
  expiredAt: null,
  checkoutSessionId: null,
  paymentIntentId: null,
  priceId: null,
  sessionAskedAt: null,
} as const satisfies Partial<NewPaymentRow>;

/** The facts that can be added to a payment: times, Stripe's ids and what was charged. */
export type PaymentChange = Partial<
  Pick<
    Payment,
    | 'checkoutSessionId'
    | 'paymentIntentId'
    | 'processingAt'
    | 'settledAt'
    | 'failedAt'
    | 'expiredAt'
    | 'chargedAmount'
    | 'chargedCurrency'
    | 'unexplainedAt'
    | 'acceptedAt'
  >
>;

/** Facts to add to a payment, and what brought them. */
export interface PaymentUpdate extends FactSource {
  payment: Payment;
  facts: PaymentChange;
}

/** A payment before and after facts were added, and what brought them. */
export interface UpdatedPayment extends FactSource {
  before: Payment;
  after: Payment;
}

/** A payment with more facts. A known fact is never removed, and a time keeps its earliest value. */
export const withFacts = (payment: Payment, facts: PaymentChange): Payment => ({
  ...payment,
  checkoutSessionId: payment.checkoutSessionId ?? facts.checkoutSessionId ?? null,
  paymentIntentId: payment.paymentIntentId ?? facts.paymentIntentId ?? null,
  processingAt: earliest(payment.processingAt, facts.processingAt),
  settledAt: earliest(payment.settledAt, facts.settledAt),
  failedAt: earliest(payment.failedAt, facts.failedAt),
  expiredAt: earliest(payment.expiredAt, facts.expiredAt),
  unexplainedAt: earliest(payment.unexplainedAt, facts.unexplainedAt),
  acceptedAt: earliest(payment.acceptedAt, facts.acceptedAt),
  // The same in every snapshot of a completed session.
  chargedAmount: facts.chargedAmount ?? payment.chargedAmount,
  chargedCurrency: facts.chargedCurrency ?? payment.chargedCurrency,
});

/** The earlier of two times; `null` where neither is known. */
export function earliest(known: Date | null, other: Date | null | undefined): Date | null {
  if (!known || !other) return known ?? other ?? null;
  return other < known ? other : known;
}

/** The properties in which two states of a row differ. */
export function changedKeys<Row extends object>(before: Row, after: Row): (keyof Row)[] {
  const keys = Object.keys(after) as (keyof Row)[];
  return keys.filter((key) => {
    const [a, b] = [before[key], after[key]];
    return a instanceof Date && b instanceof Date ? +a !== +b : a !== b;
  });
}
