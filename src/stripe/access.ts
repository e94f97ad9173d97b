import type { Stripe } from 'stripe';

type Ask = (stripe: Stripe) => Promise<unknown>;

/** Nothing at Stripe has this id: a call about it is refused, after the key was looked at. */
const NOTHING = 'none_doctor_only_asks';

/**
 * What this app needs of a key, each with a call that shows whether the key may do it. Those that would write name an object
 * that is not there, so they change nothing.
 */
export const ACCESS = {
  'Checkout Sessions: read': (stripe) => stripe.checkout.sessions.list({ limit: 1 }),
  'Checkout Sessions: write': (stripe) =>
    stripe.checkout.sessions.create({
      mode: 'payment',
      line_items: [{ price: NOTHING, quantity: 1 }],
      success_url: 'https://example.com',
    }),
  'Refunds: read': (stripe) => stripe.refunds.list({ limit: 1 }),
  'Refunds: write': (stripe) => stripe.refunds.create({ payment_intent: NOTHING }),
  'Disputes: read': (stripe) => stripe.disputes.list({ limit: 1 }),
  'Payment Intents: read': (stripe) => stripe.paymentIntents.list({ limit: 1 }),
  'Charges: read': (stripe) => stripe.charges.list({ limit: 1 }),
  'Products: read': (stripe) => stripe.products.list({ limit: 1 }),
  'Products: write': (stripe) => stripe.products.update(NOTHING, { active: false }),
  'Prices: read': (stripe) => stripe.prices.list({ limit: 1 }),
  'Prices: write': (stripe) => stripe.prices.update(NOTHING, { active: false }),
  'Events: read': (stripe) => stripe.events.list({ limit: 1 }),
  'Webhook Endpoints: read': (stripe) => stripe.webhookEndpoints.list({ limit: 1 }),
} satisfies Record<string, Ask>;

/** One thing that a key may or may not do, such as `Refunds: write`. */
export type Access = keyof typeof ACCESS;
