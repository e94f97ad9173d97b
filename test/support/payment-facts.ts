import type { PaymentFacts } from '../../src/payments/state/payment-status.js';

/** A payment that was opened for USD 19.99, and of which nothing else is known. */
export const paymentFacts = (changes: Partial<PaymentFacts> = {}): PaymentFacts => ({
  amount: 1999,
  currency: 'usd',
  requestedAmount: null,
  requestedCurrency: null,
  chargedAmount: null,
  chargedCurrency: null,
  unexplainedAt: null,
  acceptedAt: null,
  processingAt: null,
  settledAt: null,
  failedAt: null,
  expiredAt: null,
  ...changes,
});
