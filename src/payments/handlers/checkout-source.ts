import type { Env } from '../../config/env.js';
import type { StripeEventOf } from '../../stripe/stripe.types.js';
import type { CheckoutNews } from '../checkout/checkout-record.service.js';
import { reasonNotOurs } from '../checkout/session-owner.js';
import { sourceOf } from './event-source.js';
import { missingPart, type Parts } from './missing-part.js';

type CheckoutEvent = StripeEventOf<
  | 'checkout.session.completed'
  | 'checkout.session.async_payment_succeeded'
  | 'checkout.session.async_payment_failed'
  | 'checkout.session.expired'
>;

/** What an event says about a Checkout Session. */
export const newsOf = (event: CheckoutEvent): CheckoutNews => ({ session: event.data.object, ...sourceOf(event) });

/** Why a session's event is left alone: it lacks what must be known, or is not of this app. */
export function reasonToIgnoreCheckout(event: CheckoutEvent, env: Env): string | undefined {
  const session = event.data.object;
  const parts: Parts = { id: 'text', ...(session.status === 'complete' && { payment_status: 'text' }) };
  const isOther = typeof session.mode === 'string' && session.mode !== 'payment';
  const other = isOther ? `a Checkout Session in mode ${session.mode}, which takes no one-time payment` : undefined;
  // A payment that is recorded already goes on, also where its link is not named ours any more.
  const notOurs = event.type === 'checkout.session.completed' ? reasonNotOurs(session, env) : undefined;
  return missingPart(event, parts) ?? other ?? notOurs;
}
