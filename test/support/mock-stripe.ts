import { jest } from '@jest/globals';
import { StripeService } from '../../src/stripe/stripe.service.js';
import type {
  CheckoutSession,
  Customer,
  CustomerDetails,
  Invoice,
  InvoicePayment,
  Refund,
  StripeEventOf,
  StripeEventType,
  Subscription,
} from '../../src/stripe/stripe.types.js';

type SubscriptionItem = Subscription['items']['data'][number];

export type MockOf<Service extends object> = jest.Mocked<Service>;
export type MockStripe = MockOf<StripeService>;

/** A service with every call mocked. A call for which a test has set no answer rejects, with the line to add. */
export function mockOf<Service extends object>(
  service: abstract new (...dependencies: never[]) => Service,
  name: string,
): MockOf<Service> {
  const calls = Object.getOwnPropertyNames(service.prototype).filter((call) => call !== 'constructor');
  const mocks = calls.map((call) => {
    const unexpected = new Error(
      `The test did not expect ${name}.${call}(): tell it with ${name}.${call}.mockResolvedValue(…)`,
    );
    return [call, jest.fn<() => Promise<never>>().mockRejectedValue(unexpected)] as const;
  });
  return Object.fromEntries(mocks) as unknown as MockOf<Service>;
}

/**
 * StripeService with every call mocked. A call for which a test has set no answer rejects, with the line to add:
 *
 *     const stripe = mockStripe();
 *     stripe.createRefund.mockResolvedValue(aRefund({ amount: 500 }));
 */
export const mockStripe = (): MockStripe => mockOf(StripeService, 'stripe');

/** A customer as Stripe gives it. With the same idempotency key it is the same one. */
export const aCustomer = ({ email, metadata }: CustomerDetails, key = 'key'): Customer =>
  ({
    id: `cus_${key.replaceAll(/\W/g, '')}`,
    object: 'customer',
    email,
    name: null,
    metadata,
    created: 1_795_000_000,
  }) as Customer;

/** A Checkout Session as Stripe gives it: open, for USD 19.99. */
export const aCheckoutSession = (changes: Partial<CheckoutSession> = {}): CheckoutSession =>
  ({
    id: 'cs_test_1',
    object: 'checkout.session',
    status: 'open',
    payment_status: 'unpaid',
    payment_intent: null,
    client_reference_id: null,
    amount_total: 1999,
    currency: 'usd',
    url: 'https://checkout.example/cs_test_1',
    expires_at: Math.floor(Date.now() / 1_000) + 86_400,
    metadata: {},
    ...changes,
  }) as CheckoutSession;

/** What our server writes into the metadata of a payment's Checkout Session, with the APP_NAME that tests have. */
export const metadataOf = (paymentId: string) => ({
  app_name: '[Nest Stripe Billing] Demo Product',
  payment_id: paymentId,
});

/** A refund as Stripe gives it: made, of USD 19.99. */
export const aRefund = (changes: Partial<Refund> = {}): Refund =>
  ({
    id: 're_1',
    object: 'refund',
    amount: 1999,
    currency: 'usd',
    status: 'succeeded',
    payment_intent: 'pi_1',
    created: 1_795_000_000,
    metadata: {},
    ...changes,
  }) as Refund;

const SECONDS = 1_795_000_000;
const MONTH_S = 30 * 86_400;

/** A subscription as Stripe gives it: active, monthly, of the plan `pro_monthly`, made by this app. */
export const aSubscription = (changes: Partial<Subscription> = {}): Subscription =>
  ({
    id: 'sub_1',
    object: 'subscription',
    status: 'active',
    customer: 'cus_1',
    created: SECONDS,
    start_date: SECONDS,
    cancel_at: null,
    cancel_at_period_end: false,
    canceled_at: null,
    ended_at: null,
    trial_start: null,
    trial_end: null,
    latest_invoice: 'in_1',
    default_payment_method: null,
    collection_method: 'charge_automatically',
    billing_mode: { type: 'flexible' },
    pause_collection: null,
    pending_update: null,
    schedule: null,
    currency: 'usd',
    metadata: { app_name: '[Nest Stripe Billing] Demo Product' },
    items: { object: 'list', data: [aSubscriptionItem()], has_more: false, url: '/v1/subscription_items' },
    ...changes,
  }) as Subscription;

/** One price of a subscription as Stripe gives it. */
export const aSubscriptionItem = ({
  lookupKey = 'pro_monthly',
  ...changes
}: Partial<SubscriptionItem> & { lookupKey?: string } = {}): SubscriptionItem =>
  ({
    id: 'si_1',
    object: 'subscription_item',
    quantity: 1,
    current_period_start: SECONDS,
    current_period_end: SECONDS + MONTH_S,
    price: {
      id: `price_${lookupKey}`,
      lookup_key: lookupKey,
      product: 'pro',
      unit_amount: 1500,
      currency: 'usd',
      metadata: {},
      recurring: { interval: 'month', interval_count: 1 },
    },
    ...changes,
  }) as SubscriptionItem;

/** An invoice as Stripe gives it: paid, of USD 15.00, for the first month of `sub_1`. */
export const anInvoice = (changes: Partial<Invoice> = {}): Invoice =>
  ({
    id: 'in_1',
    object: 'invoice',
    status: 'paid',
    customer: 'cus_1',
    created: SECONDS,
    number: 'A-0001',
    billing_reason: 'subscription_create',
    currency: 'usd',
    subtotal: 1500,
    total: 1500,
    amount_due: 1500,
    amount_paid: 1500,
    amount_remaining: 0,
    starting_balance: 0,
    ending_balance: 0,
    attempt_count: 1,
    attempted: true,
    next_payment_attempt: null,
    metadata: {},
    parent: {
      type: 'subscription_details',
      quote_details: null,
      subscription_details: { subscription: 'sub_1', metadata: { app_name: '[Nest Stripe Billing] Demo Product' } },
    },
    status_transitions: { finalized_at: SECONDS, paid_at: SECONDS, voided_at: null, marked_uncollectible_at: null },
    lines: { object: 'list', data: [], has_more: false, url: '/v1/invoices/in_1/lines' },
    ...changes,
  }) as unknown as Invoice;

/** The payment of `in_1` by a Payment Intent, as Stripe gives it: paid. */
export const anInvoicePayment = (changes: Partial<InvoicePayment> = {}): InvoicePayment =>
  ({
    id: 'inpay_1',
    object: 'invoice_payment',
    invoice: 'in_1',
    payment: { type: 'payment_intent', payment_intent: 'pi_1' },
    is_default: true,
    status: 'paid',
    amount_paid: 1500,
    amount_requested: 1500,
    currency: 'usd',
    created: SECONDS,
    ...changes,
  }) as InvoicePayment;

let events = 0;

/** An event that carries this object. */
export const anEvent = <K extends StripeEventType>(
  type: K,
  object: StripeEventOf<K>['data']['object'],
  changes: { id?: string; created?: number } = {},
): StripeEventOf<K> =>
  ({
    id: `evt_test_${++events}`,
    object: 'event',
    api_version: null,
    created: 1_795_000_000,
    data: { object },
    livemode: false,
    pending_webhooks: 1,
    request: null,
    type,
    ...changes,
  }) as unknown as StripeEventOf<K>;
