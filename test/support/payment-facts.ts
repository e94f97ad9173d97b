import type { PaymentFacts } from '../../src/payments/state/payment-facts.js';
import type { DisputeFacts } from '../../src/payments/state/dispute-state.js';

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

/** What is known of a dispute that was just opened, of USD 19.99. */
export const disputeFacts = (changes: Partial<DisputeFacts> = {}): DisputeFacts => ({
  status: 'needs_response',
  statusAt: new Date(1_795_000_000_000),
  amount: 1999,
  currency: 'usd',
  reason: 'fraudulent',
  caseType: null,
  isChargeRefundable: null,
  withdrawnAt: null,
  reinstatedAt: null,
  balanceCurrency: null,
  withdrawnSum: 0,
  reinstatedSum: 0,
  ...changes,
});
