import type { DisputeFacts } from '../../src/payments/state/dispute-money.js';

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
