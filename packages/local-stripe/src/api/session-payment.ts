import type { PaymentMethod, Session } from '../model/wire.js';
import { paySession } from '../payments/pay-session.js';
import type { Tx } from '../state/store.js';
import type { AnyOutcome, Paying } from './session-outcome.js';
import { saveMethod } from './session-setup.js';
import { paySubscription } from './session-subscription.js';

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
