import type { PaymentIntent, PaymentMethod, Session, SetupIntent } from '../model/wire.js';
import type { Tx } from '../state/store.js';

/** What waits for the customer's authentication: a payment, or the saving of a payment method. */
export interface Waiting {
  payment?: PaymentIntent;
  setup?: SetupIntent;
  method: PaymentMethod;
}

/**
 * What waits for authentication in an open session; undefined where nothing does. A session in `subscription` mode does not
 * name its intents: they are in its notes.
 */
export async function waitingFor({ objects }: Tx, session: Session): Promise<Waiting | undefined> {
  if (session.status !== 'open') return undefined;
  const { attempt } = (await objects.findNotes('checkout.session', session.id)) ?? {};
  const [paymentId, setupId] = [session.payment_intent ?? attempt?.intent, session.setup_intent ?? attempt?.setup];
  const payment = paymentId === undefined ? undefined : await objects.find('payment_intent', paymentId);
  if (payment?.status === 'requires_action' && payment.payment_method !== null) {
    return { payment, method: await objects.get('payment_method', payment.payment_method) };
  }
  const setup = setupId === undefined ? undefined : await objects.find('setup_intent', String(setupId));
  if (setup?.status !== 'requires_action' || setup.payment_method === null) return undefined;
  return { setup, method: await objects.get('payment_method', String(setup.payment_method)) };
}
