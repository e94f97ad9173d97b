import type { PaymentMethod, Session } from '../model/wire.js';
import { completeSession, paySession, withCustomer } from '../payments/pay-session.js';
import type { Tx } from '../state/store.js';
import type { AnyOutcome } from './session-outcome.js';
import { redeemDiscounts } from './session-discounts.js';
import { saveMethod } from './session-setup.js';
import { paySubscription } from './session-subscription.js';

/** Attempts what an open session is for. `method` undefined: the session needs none (`payment_method_collection`). */
export async function submitSession(
  tx: Tx,
  session: Session,
  method: PaymentMethod | undefined,
  origin: string,
): Promise<AnyOutcome> {
  if (session.mode === 'subscription') return paySubscription(tx, session, method, origin);
  if (session.mode === 'payment' && session.amount_total === 0) return complimentary(tx, session, method);
  if (!method) throw new Error(`The session ${session.id} needs a payment method`);
  if (session.mode === 'setup') return saveMethod(tx, session, method, origin);
  const result = await paySession(tx, session, method, origin);
  await redeemDiscounts(tx, session.id);
  return result.outcome === 'declined' ? { ...result, failure: result.payment.failure } : result;
}

/** Completes a session whose discounts have taken everything off: there is no payment. */
async function complimentary(tx: Tx, session: Session, method: PaymentMethod | undefined): Promise<AnyOutcome> {
  const known = await withCustomer(tx, session, method);
  const email = { customer_email: session.customer_email };
  await completeSession(tx, known.id, 'no_payment_required', method, email);
  await redeemDiscounts(tx, known.id);
  return { outcome: 'paid' };
}

/**
 * Whether a session is completed without a payment method: a trial, with `payment_method_collection` `if_required`, or a
 * payment of nothing.
 */
export const needsNoMethod = ({ mode, amount_total, payment_method_collection: collection }: Session): boolean =>
  amount_total === 0 && (mode === 'payment' || (mode === 'subscription' && collection === 'if_required'));
