import type { Payment } from './payment.entity.js';

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
    | 'chargedAmount'
    | 'chargedCurrency'
    | 'unexplainedAt'
    | 'acceptedAt'
  >
>;

/** A payment with more facts: what was known before is never taken back, and a moment keeps its earliest value. */
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
  // What a completed session says was charged is the same however often it comes.
  chargedAmount: facts.chargedAmount ?? payment.chargedAmount,
  chargedCurrency: facts.chargedCurrency ?? payment.chargedCurrency,
});

/** The earlier of two moments; `null` where there is none. */
export function earliest(known: Date | null, told: Date | null | undefined): Date | null {
  if (!known || !told) return known ?? told ?? null;
  return told < known ? told : known;
}

/** The properties in which two states of a row differ. */
export function changedKeys<Row extends object>(before: Row, after: Row): (keyof Row)[] {
  const keys = Object.keys(after) as (keyof Row)[];
  return keys.filter((key) => {
    const [a, b] = [before[key], after[key]];
    return a instanceof Date && b instanceof Date ? +a !== +b : a !== b;
  });
}
