import type { Failure } from '../payments/fail.js';
import type { Payment } from '../payments/pay.js';

/** What came of the customer's submission, in each mode. `paid`: the session is complete. */
export type AnyOutcome =
  | { outcome: 'paid' | 'authenticate' }
  | { outcome: 'declined'; failure: Failure; payment?: Extract<Payment, { outcome: 'declined' }> };
