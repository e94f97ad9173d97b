import type { Stripe } from 'stripe';
import { CALL_TIMEOUT_MS, callStripe } from './stripe-client.js';
import { StripeKeyError, StripeRefusedError, StripeUnavailableError } from './stripe.errors.js';

/** No object of Stripe's has this id: Stripe looks at the key first, and then refuses the call. */
const NO_SUCH_ID = 'none_doctor_only_asks';

/**
 * The permissions that this app needs of a key, each with a call that is refused where the key lacks it. Calls that would write name
 * an object that does not exist, so they change nothing.
 */
export const ACCESS = {
  'Checkout Sessions: read': (stripe) => stripe.checkout.sessions.list({ limit: 1 }),
  'Checkout Sessions: write': (stripe) =>
    stripe.checkout.sessions.create({
      mode: 'payment',
      line_items: [{ price: NO_SUCH_ID, quantity: 1 }],
      success_url: 'https://example.com',
    }),
  'Refunds: read': (stripe) => stripe.refunds.list({ limit: 1 }),
  'Refunds: write': (stripe) => stripe.refunds.create({ payment_intent: NO_SUCH_ID }),
  'Disputes: read': (stripe) => stripe.disputes.list({ limit: 1 }),
  'Payment Intents: read': (stripe) => stripe.paymentIntents.list({ limit: 1 }),
  'Charges: read': (stripe) => stripe.charges.list({ limit: 1 }),
  'Products: read': (stripe) => stripe.products.list({ limit: 1 }),
  'Products: write': (stripe) => stripe.products.update(NO_SUCH_ID, { active: false }),
  'Prices: read': (stripe) => stripe.prices.list({ limit: 1 }),
  'Prices: write': (stripe) => stripe.prices.update(NO_SUCH_ID, { active: false }),
  'Customers: read': (stripe) => stripe.customers.list({ limit: 1 }),
  'Customers: write': (stripe) => stripe.customers.update(NO_SUCH_ID, { description: '' }),
  'Subscriptions: read': (stripe) => stripe.subscriptions.list({ limit: 1 }),
  'Subscriptions: write': (stripe) => stripe.subscriptions.update(NO_SUCH_ID, { metadata: {} }),
  'Invoices: read': (stripe) => stripe.invoices.list({ limit: 1 }),
  'Customer portal: read': (stripe) => stripe.billingPortal.configurations.list({ limit: 1 }),
  'Customer portal: write': (stripe) => stripe.billingPortal.configurations.update(NO_SUCH_ID, { metadata: {} }),
  'Entitlements: read': (stripe) => stripe.entitlements.features.list({ limit: 1 }),
  'Entitlements: write': (stripe) => stripe.entitlements.features.update(NO_SUCH_ID, { metadata: {} }),
  'Events: read': (stripe) => stripe.events.list({ limit: 1 }),
  'Webhook Endpoints: read': (stripe) => stripe.webhookEndpoints.list({ limit: 1 }),
} satisfies Record<string, (stripe: Stripe) => Promise<unknown>>;

/** A permission of a key, such as `Refunds: write`. */
export type Access = keyof typeof ACCESS;

/** What only a shop with plans needs. */
export const ACCESS_FOR_PLANS: readonly Access[] = [
  'Subscriptions: read',
  'Subscriptions: write',
  'Invoices: read',
  'Customer portal: read',
  'Customer portal: write',
  'Entitlements: read',
  'Entitlements: write',
];

/** Whether a key has a permission; `reason` is Stripe's message where not. */
export type AccessResult = { allowed: true } | { allowed: false; reason: string };

/** @throws StripeKeyError where there is no such key, StripeUnavailableError */
export async function checkAccess(client: Stripe, access: Access): Promise<AccessResult> {
  try {
    await callStripe<unknown>(`a call that needs "${access}"`, () => ACCESS[access](client));
  } catch (error) {
    if (error instanceof StripeKeyError && error.status === 403) return { allowed: false, reason: error.reason };
    if (!(error instanceof StripeRefusedError)) throw error; // refused for the object that does not exist: the key may
  }
  return { allowed: true };
}

/**
 * Stripe's clock, from the `Date` header of an answer: whole seconds, rounded down.
 * @param address such as `https://api.stripe.com`
 * @throws StripeUnavailableError
 */
export async function fetchServerTime(address: string): Promise<Date> {
  const name = 'a request for the time';
  const request = fetch(`${address}/v1/events`, { signal: AbortSignal.timeout(CALL_TIMEOUT_MS) });
  const answer = await request.catch((error: unknown) => {
    throw new StripeUnavailableError(name, String(error));
  });
  await answer.body?.cancel();
  const date = new Date(answer.headers.get('date') ?? '');
  if (Number.isNaN(date.getTime())) throw new StripeUnavailableError(name, 'no Date in the answer');
  return date;
}
