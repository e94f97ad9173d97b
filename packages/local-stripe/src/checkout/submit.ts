import type { Tx } from '../state/store.js';
import { failAuthentication } from '../payments/authentication.js';
import { createPaymentMethod } from '../payments/payment-methods.js';
import { failSetupAuthentication } from '../payments/set-up.js';
import type { Submission } from './form.js';
import { declineAuthenticated } from '../payments/pay.js';
import { payAuthenticated } from '../payments/pay-session.js';
import { redeemDiscounts } from '../api/session-discounts.js';
import { saveAuthenticated } from '../api/session-setup.js';
import { submitSession } from '../api/session-payment.js';
import { subscribeAuthenticated } from '../api/session-subscription.js';
import { waitingFor } from './waiting-authentication.js';

/** `over`: the session was no longer open, as after a double click; nothing was charged. */
export type Outcome = { outcome: 'paid' | 'authenticate' | 'over' } | { outcome: 'declined'; message: string };

export async function submitPayment(
  tx: Tx,
  sessionId: string,
  { payer, kind }: Submission,
  origin: string,
): Promise<Outcome> {
  const session = await tx.objects.get('checkout.session', sessionId);
  if (session.status !== 'open') return { outcome: 'over' };
  const method = kind && (await createPaymentMethod(tx, payer, kind));
  const known = method ? session : { ...session, customer_email: session.customer_email ?? payer.email };
  const result = await submitSession(tx, known, method, origin);
  return result.outcome === 'declined' ? { outcome: 'declined', message: result.failure.message } : result;
}

/** The result of the customer's authentication. */
export type Authenticated = { outcome: 'paid' | 'nothing' } | { outcome: 'failed'; message: string };

/** `nothing`: no authentication was waiting. */
export async function authenticated(
  tx: Tx,
  sessionId: string,
  passed: boolean,
  origin: string,
): Promise<Authenticated> {
  const session = await tx.objects.get('checkout.session', sessionId);
  const waiting = await waitingFor(tx, session);
  if (!waiting) return { outcome: 'nothing' };
  const { payment, setup, method } = waiting;
  if (!passed && payment) return { outcome: 'failed', message: await failAuthentication(tx, payment, method) };
  if (!passed && setup) return { outcome: 'failed', message: await failSetupAuthentication(tx, setup, method) };
  const refusal = payment && (await declineAuthenticated(tx, payment, method));
  if (refusal !== undefined) return { outcome: 'failed', message: refusal };
  if (session.mode === 'subscription') await subscribeAuthenticated(tx, session, method, origin);
  else if (payment) await payAuthenticated(tx, sessionId, payment, method, origin);
  else await saveAuthenticated(tx, session, method);
  await redeemDiscounts(tx, sessionId);
  return { outcome: 'paid' };
}
