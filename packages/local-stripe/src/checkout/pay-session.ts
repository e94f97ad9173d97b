import type { Tx } from '../ledger.js';
import { applyTestCardEffects } from '../payments/test-card-effects.js';
import { intentOf } from '../payments/intents.js';
import { charge, pay, type Payment } from '../payments/pay.js';
import type { PaymentIntent, PaymentMethod, Session } from '../wire.js';
import { completeSession } from './complete.js';
import { withCustomer } from './session-customer.js';

export type SessionOutcome = { outcome: 'paid' | 'authenticate' } | { outcome: 'declined'; payment: Declined };

type Declined = Extract<Payment, { outcome: 'declined' }>;

export interface Settings {
  origin: string;
  /** When a delayed payment arrives, or does not. */
  settlesAtMs: number;
}

/** Pays an open session: it is over, or waits for the customer's bank or for another payment method. */
export async function paySession(
  tx: Tx,
  session: Session,
  method: PaymentMethod,
  { origin, settlesAtMs }: Settings,
): Promise<SessionOutcome> {
  const intent = await intentOf(tx, await withCustomer(tx, session, method));
  const page = `${origin}/c/pay/${session.id}`;
  const authentication = { url: `${page}/authenticate`, returnUrl: page };
  const payment = await pay(tx, intent, method, { origin, authentication, settlesAtMs });
  switch (payment.outcome) {
    case 'charged':
      await finish(tx, session.id, payment, method);
      return { outcome: 'paid' };
    case 'processing':
      await completeSession(tx, session.id, 'unpaid', method);
      return { outcome: 'paid' };
    case 'authenticate':
      return { outcome: 'authenticate' };
    case 'declined':
      return { outcome: 'declined', payment };
  }
}

/** The customer's bank has said yes. */
export async function payAuthenticated(
  tx: Tx,
  sessionId: string,
  intent: PaymentIntent,
  method: PaymentMethod,
  origin: string,
): Promise<void> {
  await finish(tx, sessionId, await charge(tx, intent, method, origin), method);
}

async function finish(
  tx: Tx,
  sessionId: string,
  { intent, charge: made }: Extract<Payment, { outcome: 'charged' }>,
  method: PaymentMethod,
): Promise<void> {
  // What is only reserved on the card is no payment yet.
  await completeSession(tx, sessionId, intent.status === 'succeeded' ? 'paid' : 'unpaid', method);
  if (made.captured) await applyTestCardEffects(tx, made);
}
