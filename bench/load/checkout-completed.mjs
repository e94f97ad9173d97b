import { APP_NAME, EVENT_BYTES } from './shared.mjs';

/**
 * The body of a `checkout.session.completed` as Stripe sends it: printed with two spaces, 3 KB.
 * @param {{ eventId: string, paymentId: string, sessionId: string, intentId: string }} ids
 */
export function checkoutCompleted(ids, created) {
  const bare = print(ids, created, '');
  if (bare.length > EVENT_BYTES) throw new Error(`The event has ${bare.length} bytes already`);
  return print(ids, created, 'x'.repeat(EVENT_BYTES - bare.length));
}

const print = ({ eventId, ...ids }, created, note) =>
  JSON.stringify(
    {
      id: eventId,
      object: 'event',
      api_version: '2026-10-28.endive',
      created,
      data: { object: session(ids, created, note) },
      livemode: false,
      pending_webhooks: 1,
      request: { id: null, idempotency_key: null },
      type: 'checkout.session.completed',
    },
    null,
    2,
  );

const session = ({ paymentId, sessionId, intentId }, created, note) => ({
  id: sessionId,
  object: 'checkout.session',
  adaptive_pricing: { enabled: false },
  after_expiration: null,
  allow_promotion_codes: null,
  amount_subtotal: 1999,
  amount_total: 1999,
  automatic_tax: { enabled: false, liability: null, provider: null, status: null },
  billing_address_collection: null,
  cancel_url: 'http://localhost:5001/cancel',
  client_reference_id: paymentId,
  client_secret: null,
  consent: null,
  consent_collection: null,
  created,
  currency: 'usd',
  currency_conversion: null,
  custom_fields: [],
  custom_text: { after_submit: null, shipping_address: null, submit: null, terms_of_service_acceptance: null },
  customer: null,
  customer_creation: 'if_required',
  customer_details: {
    address: { city: null, country: 'DE', line1: null, line2: null, postal_code: null, state: null },
    email: 'customer@example.com',
    name: 'Jenny Rosen',
    phone: null,
    tax_exempt: 'none',
    tax_ids: [],
  },
  customer_email: 'customer@example.com',
  discounts: [],
  expires_at: created + 86_400,
  invoice: null,
  livemode: false,
  locale: null,
  metadata: { app_name: APP_NAME, payment_id: paymentId, note },
  mode: 'payment',
  payment_intent: intentId,
  payment_link: null,
  payment_method_collection: 'if_required',
  payment_method_options: { card: { request_three_d_secure: 'automatic' } },
  payment_method_types: ['card'],
  payment_status: 'paid',
  phone_number_collection: { enabled: false },
  recovered_from: null,
  setup_intent: null,
  shipping_cost: null,
  shipping_options: [],
  status: 'complete',
  submit_type: null,
  subscription: null,
  success_url: 'http://localhost:5001/success?checkout_sid={CHECKOUT_SESSION_ID}',
  total_details: { amount_discount: 0, amount_shipping: 0, amount_tax: 0 },
  ui_mode: 'hosted_page',
  url: null,
});
