import { nowMs } from '../model/clock.js';
import type { Tx } from '../state/store.js';
import { failAuthentication } from '../payments/authentication.js';
import { createPaymentMethod } from '../payments/payment-methods.js';
import type { PaymentIntent, PaymentMethod, Session } from '../model/wire.js';
import type { Submission } from './form.js';
import { payAuthenticated, paySession } from '../payments/pay-session.js';

export interface Settings {
  origin: string;
  bankDebitDelayMs: number;
}

/** `over`: the session was no longer open, as after a double click; nothing was charged. */
export type Outcome = { outcome: 'paid' | 'authenticate' | 'over' } | { outcome: 'declined'; message: string };

export async function submitPayment(
  tx: Tx,
  sessionId: string,
  { payer, kind }: Submission,
  { origin, bankDebitDelayMs }: Settings,
): Promise<Outcome> {
  const session = await tx.objects.get('checkout.session', sessionId);
  if (session.status !== 'open') return { outcome: 'over' };
  const method = await createPaymentMethod(tx, payer, kind);
  const result = await paySession(tx, session, method, { origin, settlesAtMs: nowMs() + bankDebitDelayMs });
  return result.outcome === 'declined' ? { outcome: 'declined', message: result.payment.failure.message } : result;
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
  const waiting = await authenticationOf(tx, await tx.objects.get('checkout.session', sessionId));
  if (!waiting) return { outcome: 'nothing' };
  const { intent, method } = waiting;
  if (!passed) return { outcome: 'failed', message: await failAuthentication(tx, intent, method) };
  await payAuthenticated(tx, sessionId, intent, method, origin);
  return { outcome: 'paid' };
}

/** The payment of an open session that waits for authentication; undefined where there is none. */
export async function authenticationOf(
  { objects }: Tx,
  session: Session,
): Promise<{ intent: PaymentIntent; method: PaymentMethod } | undefined> {
  if (session.status !== 'open' || session.payment_intent === null) return undefined;
  const intent = await objects.get('payment_intent', session.payment_intent);
  if (intent.status !== 'requires_action' || intent.payment_method === null) return undefined;
  return { intent, method: await objects.get('payment_method', intent.payment_method) };
}
