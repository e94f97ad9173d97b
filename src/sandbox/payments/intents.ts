import { unixNow } from '../clock.js';
import { newId, randomText } from '../ids.js';
import type { Tx } from '../ledger.js';
import type { PaymentIntent, Session } from '../wire.js';

/** The Payment Intent of a session. As at Stripe it does not exist before the customer first tries to pay. */
export async function intentOf(tx: Tx, session: Session): Promise<PaymentIntent> {
  if (session.payment_intent !== null) return tx.objects.get('payment_intent', session.payment_intent);

  const { paymentIntent } = await tx.objects.notes('checkout.session', session.id);
  const intent = newIntent(session, paymentIntent);
  await tx.objects.insert(intent);
  await tx.objects.save({ ...session, payment_intent: intent.id });
  await tx.events.record('payment_intent.created', intent);
  return intent;
}

function newIntent(session: Session, given: Pick<PaymentIntent, 'description' | 'metadata'>): PaymentIntent {
  const id = newId('paymentIntent');
  return {
    id,
    object: 'payment_intent',
    allowed_payment_method_types: null,
    amount: session.amount_total ?? 0,
    amount_capturable: 0,
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
    currency: session.currency ?? 'usd',
    customer: null,
    customer_account: null,
    description: given.description,
    excluded_payment_method_types: null,
    last_payment_error: null,
    latest_charge: null,
    livemode: false,
    managed_payments: null,
    metadata: given.metadata,
    next_action: null,
    on_behalf_of: null,
    payment_method: null,
    payment_method_configuration_details: null,
    payment_method_options: null,
    payment_method_types: session.payment_method_types,
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
    transfer_group: null,
  };
}
