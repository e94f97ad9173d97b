import { unixNow } from '../model/clock.js';
import { newId, randomText } from '../model/ids.js';
import type { Tx } from '../state/store.js';
import type { PaymentIntent, Session } from '../model/wire.js';
import type { IntentData } from '../model/notes.js';

type Draft = Pick<PaymentIntent, 'amount' | 'currency' | 'payment_method_types'> & IntentData & Partial<PaymentIntent>;

/** The Payment Intent of a session. As at Stripe, the customer's first attempt creates it. */
export async function intentOf(tx: Tx, session: Session): Promise<PaymentIntent> {
  if (session.payment_intent !== null) return tx.objects.get('payment_intent', session.payment_intent);

  const { paymentIntent } = await tx.objects.notes('checkout.session', session.id);
  const intent = newIntent({
    ...paymentIntent,
    amount: session.amount_total ?? 0,
    currency: session.currency ?? 'usd',
    customer: session.customer,
    payment_method_types: session.payment_method_types,
    ...(session.presentment_details && { presentment_details: session.presentment_details }),
  });
  await tx.objects.insert(intent);
  await tx.objects.save({ ...session, payment_intent: intent.id });
  await tx.events.record('payment_intent.created', intent);
  return intent;
}

/** The session of a Payment Intent; undefined where there is none. */
export async function sessionOf({ objects }: Tx, payment_intent: string): Promise<Session | undefined> {
  const [found] = await objects.list('checkout.session', { limit: 1, where: { payment_intent } });
  if (found) return found;
  // A subscription's session names the invoice that the intent pays.
  const where = { 'payment.payment_intent': payment_intent };
  const [paid] = await objects.list('invoice_payment', { limit: 1, where });
  if (!paid) return undefined;
  return (await objects.list('checkout.session', { limit: 1, where: { invoice: String(paid.invoice) } }))[0];
}

export function newIntent(draft: Draft): PaymentIntent {
  const id = newId('paymentIntent');
  return {
    id,
    object: 'payment_intent',
    allowed_payment_method_types: null,
    amount_capturable: 0,
    amount_details: { tip: {} },
    amount_received: 0,
    application: null,
    application_fee_amount: null,
    automatic_payment_methods: null,
    canceled_at: null,
    cancellation_reason: null,
    capture_method: 'automatic_async',
    client_secret: `${id}_secret_${randomText(25)}`,
    confirmation_method: 'automatic',
    created: unixNow(),
    customer: null,
    customer_account: null,
    excluded_payment_method_types: null,
    last_payment_error: null,
    latest_charge: null,
    livemode: false,
    managed_payments: null,
    next_action: null,
    on_behalf_of: null,
    payment_method: null,
    payment_method_configuration_details: null,
    payment_method_options: null,
    payment_record: null,
    processing: null,
    receipt_email: null,
    review: null,
    setup_future_usage: null,
    shipping: null,
    source: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status: 'requires_payment_method',
    transfer_data: null,
    transfer_group: null,
    ...draft,
  };
}
