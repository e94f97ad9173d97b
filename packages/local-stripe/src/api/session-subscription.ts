import { inOrder } from '../billing/event-order.js';
import type { Session, PaymentIntent, PaymentMethod } from '../model/wire.js';
import { newIntent } from '../payments/intents.js';
import { applyTestCardEffects, charge, pay, type PaySettings } from '../payments/pay.js';
import { completeSession, withCustomer } from '../payments/pay-session.js';
import { attach } from '../payments/payment-methods.js';
import { setUp, succeedSetup } from '../payments/set-up.js';
import { insertSetupIntent, newSetupIntent } from '../payments/setup-intents.js';
import type { Tx } from '../state/store.js';
import { amountsOf, billingOf, quote, subscribe } from './session-quote.js';
import type { AnyOutcome } from './session-outcome.js';

/**
 * The customer submits the page of a session in `subscription` mode: they pay first, and the subscription is made when they
 * have (SUBSCRIPTIONS.md 1, "Checkout"; events: 5). A decline leaves nothing but the failed payment.
 */
export async function paySubscription(
  tx: Tx,
  session: Session,
  method: PaymentMethod | undefined,
  origin: string,
): Promise<AnyOutcome> {
  const billing = await billingOf(tx, session);
  return inOrder(billing, 'checkout', async () => {
    const known = await withCustomer(tx, session, method);
    const { due } = await quote(billing, known);
    const at = billing.now;
    if (due === 0) return startWithoutPayment(tx, known, method, origin, at);
    if (!method) throw new Error('Something is due, and no payment method was given');
    return startWithPayment(tx, known, method, origin, { due, at });
  });
}

async function startWithPayment(
  tx: Tx,
  session: Session,
  method: PaymentMethod,
  origin: string,
  { due, at }: { due: number; at: number },
): Promise<AnyOutcome> {
  const intent = await intentFor(tx, session, due, at);
  const payment = await pay(tx, intent, method, settingsOf(session, origin));
  switch (payment.outcome) {
    case 'declined':
      return { outcome: 'declined', failure: payment.failure, payment };
    case 'authenticate':
      return { outcome: 'authenticate' };
    case 'processing':
      await finish(tx, session, method, payment.intent, { at, origin });
      return { outcome: 'paid' };
    case 'charged':
      await finish(tx, session, method, payment.intent, { at, origin });
      if (payment.charge.captured) await applyTestCardEffects(tx, payment.charge);
      return { outcome: 'paid' };
  }
}

/** The Payment Intent of this attempt, or of an earlier one; the session itself names none. */
async function intentFor(tx: Tx, { id, customer, currency, payment_method_types }: Session, due: number, at: number) {
  const notes = await tx.objects.notes('checkout.session', id);
  const earlier = notes.attempt?.intent;
  const found = earlier === undefined ? undefined : await tx.objects.find('payment_intent', earlier);
  const intent: PaymentIntent = found
    ? { ...found, amount: due }
    : newIntent({
        amount: due,
        capture_method: 'automatic',
        currency: currency ?? 'usd',
        customer,
        description: 'Subscription creation',
        metadata: {},
        payment_method_types,
        setup_future_usage: 'off_session',
      });
  await tx.objects.note('checkout.session', id, { ...notes, attempt: { intent: intent.id, at } });
  if (found) return intent;
  await tx.objects.insert(intent);
  await tx.events.record('payment_intent.created', intent);
  return intent;
}

/** A trial, or nothing to pay: the payment method is saved, where one was given. */
async function startWithoutPayment(
  tx: Tx,
  session: Session,
  method: PaymentMethod | undefined,
  origin: string,
  at: number,
): Promise<AnyOutcome> {
  if (!method) {
    await finish(tx, session, undefined, undefined, { at, origin });
    return { outcome: 'paid' };
  }
  const { customer, id, payment_method_types } = session;
  const intent = await insertSetupIntent(tx, newSetupIntent({ customer, payment_method_types }));
  const notes = await tx.objects.notes('checkout.session', id);
  await tx.objects.note('checkout.session', id, { ...notes, attempt: { setup: intent.id, at } });
  const setup = await setUp(tx, intent, method, settingsOf(session, origin).authentication);
  if (setup.outcome === 'declined') return { outcome: 'declined', failure: setup.failure };
  if (setup.outcome === 'authenticate') return { outcome: 'authenticate' };
  await finish(tx, session, method, undefined, { at, origin });
  return { outcome: 'paid' };
}

const settingsOf = ({ id }: Session, origin: string): PaySettings => {
  const page = `${origin}/c/pay/${id}`;
  return { origin, authentication: { url: `${page}/authenticate`, returnUrl: page } };
};

/** The customer has authenticated: they pay, or their card is saved, and the subscription is made as of their submission. */
export async function subscribeAuthenticated(
  tx: Tx,
  session: Session,
  method: PaymentMethod,
  origin: string,
): Promise<void> {
  const billing = await billingOf(tx, session);
  const { attempt } = await tx.objects.notes('checkout.session', session.id);
  if (!attempt) throw new Error(`Nothing was attempted for ${session.id}`);
  await inOrder(billing, 'checkout', async () => {
    if (attempt.intent === undefined) {
      await succeedSetup(tx, await tx.objects.get('setup_intent', String(attempt.setup)), method);
      return finish(tx, session, method, undefined, { at: attempt.at, origin });
    }
    const paid = await charge(tx, await tx.objects.get('payment_intent', attempt.intent), method, origin);
    await finish(tx, session, method, paid.intent, { at: attempt.at, origin });
    if (paid.charge.captured) await applyTestCardEffects(tx, paid.charge);
  });
}

async function finish(
  tx: Tx,
  session: Session,
  method: PaymentMethod | undefined,
  paidBy: PaymentIntent | undefined,
  { at, origin }: { at: number; origin: string },
): Promise<void> {
  const customer = await tx.objects.get('customer', String(session.customer));
  if (method) await attach(tx, await tx.objects.get('payment_method', method.id), customer.id);
  const billing = await billingOf(tx, session, at, origin);
  const subscription = await subscribe(billing, session, customer, {
    method: method?.id ?? null,
    ...(paidBy && { paidBy }),
  });
  const invoice = subscription.latest_invoice === null ? null : String(subscription.latest_invoice);
  const status = paidBy === undefined ? 'no_payment_required' : paidBy.status === 'succeeded' ? 'paid' : 'unpaid';
  await completeSession(tx, session.id, status, method, {
    ...amountsOf(invoice === null ? undefined : await tx.objects.get('invoice', invoice), session.currency ?? 'usd'),
    customer: customer.id,
    invoice,
    subscription: subscription.id,
  });
}
