import type { Tx } from '../state/store.js';
import { applyTestCardEffects, charge, pay, type Payment } from './pay.js';
import { intentOf } from './intents.js';
import type { PaymentIntent, PaymentMethod, Session } from '../model/wire.js';
import { newCustomer } from './new-customer.js';

/**
 * Completes a session: paid, or unpaid while a delayed payment or a capture is pending. `method` undefined: the customer gave
 * none; `more`: further fields that are known now.
 */
export async function completeSession(
  tx: Tx,
  sessionId: string,
  paymentStatus: Session['payment_status'],
  method: PaymentMethod | undefined,
  more: Partial<Session> = {},
): Promise<void> {
  const session = await tx.objects.get('checkout.session', sessionId);
  const { address = null, email = session.customer_email, name = null, phone = null } = method?.billing_details ?? {};
  const complete: Session = {
    ...session,
    ...more,
    customer_details: {
      address,
      business_name: null,
      email,
      individual_name: null,
      name,
      phone,
      tax_exempt: 'none',
      tax_ids: [],
    },
    payment_status: paymentStatus,
    status: 'complete',
    url: null,
  };
  await tx.objects.save(complete);
  await tx.events.record('checkout.session.completed', complete);
}

/** The session with its Customer, which is created where `customer_creation` is `always`. */
export async function withCustomer(tx: Tx, session: Session, method: PaymentMethod | undefined): Promise<Session> {
  if (session.customer !== null || session.customer_creation !== 'always') return session;
  const { address = null, email = null, name = null, phone = null } = method?.billing_details ?? {};
  const customer = { ...newCustomer(), address, email: session.customer_email ?? email, name, phone };
  const known: Session = { ...session, customer: customer.id };
  await tx.objects.insert(customer);
  await tx.objects.save(known);
  await tx.events.record('customer.created', customer);
  return known;
}

export type SessionOutcome = { outcome: 'paid' | 'authenticate' } | { outcome: 'declined'; payment: Declined };

type Declined = Extract<Payment, { outcome: 'declined' }>;

/** Attempts the payment of an open session. */
export async function paySession(
  tx: Tx,
  session: Session,
  method: PaymentMethod,
  origin: string,
): Promise<SessionOutcome> {
  const intent = await intentOf(tx, await withCustomer(tx, session, method));
  const page = `${origin}/c/pay/${session.id}`;
  const authentication = { url: `${page}/authenticate`, returnUrl: page };
  const payment = await pay(tx, intent, method, { origin, authentication });
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

/** Pays after a successful authentication. */
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
  // An authorization is no payment yet.
  await completeSession(tx, sessionId, intent.status === 'succeeded' ? 'paid' : 'unpaid', method);
  if (made.captured) await applyTestCardEffects(tx, made);
}
