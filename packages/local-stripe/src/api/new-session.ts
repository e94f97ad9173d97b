import { unixNow } from '../model/clock.js';
import { newId, randomText } from '../model/ids.js';
import { changeMetadata } from '../conventions/params/index.js';
import type { PaymentIntent, Session } from '../model/wire.js';
import { METHOD_CONFIGURATION } from './intent-methods.js';
import { optionFields } from './session-options.js';
import { expiryOf, type SessionParams } from './session-params.js';

/** Payment method types of the hosted page; others are for the API alone. */
const USUAL_METHODS = ['card', 'us_bank_account'];
const METHODS = [...USUAL_METHODS, 'sepa_debit'];
/** Only cards can be authorized and captured later. */
const CAPTURED_LATER = ['card'];

/** The parameters of a session. Those of a payment link leave out most, and get Stripe's defaults for links. */
type Asked = Partial<Omit<SessionParams, 'line_items' | 'payment_intent_data'>> &
  Pick<SessionParams, 'mode'> & {
    payment_intent_data?: Partial<Pick<PaymentIntent, 'capture_method' | 'setup_future_usage'>> | undefined;
    payment_link?: string;
  };

/** A new open session. `origin`: of its page. */
export function newSession(
  params: Asked,
  total: { amount: number | null; currency: string | null },
  origin: string,
): Session {
  const id = newId('session');
  const allowed = params.allowed_payment_method_types;
  const offered = params.payment_intent_data?.capture_method === 'manual' ? CAPTURED_LATER : METHODS;
  const isHosted = (params.ui_mode ?? 'hosted_page') === 'hosted_page';
  return {
    id,
    object: 'checkout.session',
    ...optionFields(params),
    allowed_payment_method_types: allowed ?? null,
    amount_subtotal: total.amount,
    amount_total: total.amount,
    cancel_url: params.cancel_url ?? null,
    client_reference_id: params.client_reference_id ?? null,
    client_secret: isHosted ? null : `${id}_secret_${randomText(40)}`,
    collected_information: { business_name: null, individual_name: null, shipping_details: null },
    consent: null,
    created: unixNow(),
    currency: total.currency,
    currency_conversion: null,
    customer: params.customer ?? null,
    customer_account: null,
    customer_creation: params.customer === undefined ? customerCreation(params) : null,
    customer_details: customerDetails(params),
    customer_email: params.customer_email ?? null,
    discounts: (params.discounts ?? []).map(({ coupon, promotion_code: code }) => ({
      coupon: coupon ?? null,
      promotion_code: code ?? null,
    })),
    expires_at: expiryOf(params.expires_at),
    invoice: null,
    invoice_creation: null,
    livemode: false,
    locale: params.locale ?? null,
    managed_payments: null,
    metadata: changeMetadata({}, params.metadata),
    mode: params.mode,
    payment_intent: null,
    payment_link: params.payment_link ?? null,
    payment_method_collection:
      params.payment_method_collection ?? (params.mode === 'payment' ? 'if_required' : 'always'),
    payment_method_configuration_details: allowed ? null : METHOD_CONFIGURATION,
    payment_method_types: offered.filter((type) => (allowed ?? USUAL_METHODS).includes(type)),
    payment_status: params.mode === 'setup' ? 'no_payment_required' : 'unpaid',
    recovered_from: null,
    setup_intent: null,
    shipping_cost: null,
    shipping_options: [],
    status: 'open',
    submit_type: params.submit_type ?? null,
    subscription: null,
    success_url: params.success_url ?? null,
    total_details: { amount_discount: 0, amount_shipping: 0, amount_tax: 0 },
    ui_mode: params.ui_mode ?? 'hosted_page',
    url: isHosted ? `${origin}/c/pay/${id}` : null,
  } as Session;
}

/** What is known of the customer before they have paid. */
function customerDetails({ customer_email: email }: Asked): Session['customer_details'] {
  if (email === undefined) return null;
  const unknown = { address: null, business_name: null, individual_name: null, name: null, phone: null };
  return { ...unknown, email, tax_exempt: 'none', tax_ids: null };
}

/** Charging again later needs a Customer. */
const customerCreation = ({
  customer_creation,
  mode,
  payment_intent_data: data,
}: Asked): Session['customer_creation'] =>
  mode !== 'subscription' && data?.setup_future_usage === undefined ? (customer_creation ?? 'if_required') : 'always';
