import { nowMs } from '../time/clock.js';
import type { Tx } from '../state/store.js';
import { failAuthentication } from '../payments/authentication.js';
import { createPaymentMethod } from '../payments/payment-methods.js';
import type { PaymentIntent, PaymentMethod, Session } from '../wire.js';
import type { Submission } from './form.js';
import { payAuthenticated, paySession } from './pay-session.js';

export interface Settings {
  origin: string;
  bankDebitDelayMs: number;
}

/** `over`: somebody was quicker, or the button was pressed twice; nothing is paid a second time. */
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

/** The customer came back from their bank's page. */
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

/** The payment that waits for the customer's bank, where there is one. */
export async function authenticationOf(
  { objects }: Tx,
  session: Session,
): Promise<{ intent: PaymentIntent; method: PaymentMethod } | undefined> {
  if (session.status !== 'open' || session.payment_intent === null) return undefined;
  const intent = await objects.get('payment_intent', session.payment_intent);
  if (intent.status !== 'requires_action' || intent.payment_method === null) return undefined;
  return { intent, method: await objects.get('payment_method', intent.payment_method) };
}
