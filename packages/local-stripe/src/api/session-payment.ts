import type { PaymentMethod, Session } from '../model/wire.js';
import type { Failure } from '../payments/fail.js';
import type { Payment } from '../payments/pay.js';
import { paySession, type Settings } from '../payments/pay-session.js';
import type { Tx } from '../state/store.js';
import { saveMethod } from './session-setup.js';
import { paySubscription } from './session-subscription.js';

export type Paying = Settings;

/** What came of the customer's submission, in each mode. `paid`: the session is complete. */
export type AnyOutcome =
  | { outcome: 'paid' | 'authenticate' }
  | { outcome: 'declined'; failure: Failure; payment?: Extract<Payment, { outcome: 'declined' }> };

/** Attempts what an open session is for. `method` undefined: the session needs none (`payment_method_collection`). */
export async function submitSession(
  tx: Tx,
  session: Session,
  method: PaymentMethod | undefined,
  paying: Paying,
): Promise<AnyOutcome> {
  if (session.mode === 'subscription') return paySubscription(tx, session, method, paying);
  if (!method) throw new Error(`The session ${session.id} needs a payment method`);
  if (session.mode === 'setup') return saveMethod(tx, session, method, paying);
  const result = await paySession(tx, session, method, paying);
  return result.outcome === 'declined' ? { ...result, failure: result.payment.failure } : result;
}

/** Whether a session is completed without a payment method: a trial, with `payment_method_collection` `if_required`. */
export const needsNoMethod = ({ mode, amount_total, payment_method_collection: collection }: Session): boolean =>
  mode === 'subscription' && amount_total === 0 && collection === 'if_required';
