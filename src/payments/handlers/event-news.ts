import type { StripeEventOf } from '../../stripe/stripe.types.js';
import type { CheckoutNews } from '../checkout/checkout-record.service.js';

type CheckoutEvent = StripeEventOf<
  | 'checkout.session.completed'
  | 'checkout.session.async_payment_succeeded'
  | 'checkout.session.async_payment_failed'
  | 'checkout.session.expired'
>;

/** What an event about a Checkout Session tells. */
export const newsOf = (event: CheckoutEvent): CheckoutNews => ({
  session: event.data.object,
  at: new Date(event.created * 1_000),
  cause: event.id,
});
