import type { Charge, CheckoutSession, PaymentIntent } from '../../stripe/stripe.types.js';
import type { CheckoutNews } from '../checkout/checkout-record.service.js';

/** The session's Payment Intent, where it was read along. */
export const intentOf = ({ payment_intent: intent }: CheckoutSession): PaymentIntent | undefined =>
  typeof intent === 'object' && intent !== null ? intent : undefined;

/** The last charge, where it was read along. */
export function chargeOf(session: CheckoutSession): Charge | undefined {
  const charge = intentOf(session)?.latest_charge;
  return typeof charge === 'object' && charge !== null ? charge : undefined;
}

/** What a session that was looked up tells. It says when less exactly than events do. */
export const newsOfSession = (session: CheckoutSession): CheckoutNews => ({
  session,
  at: new Date(fromUnixSeconds(session) * 1_000),
  cause: 'reconcile',
  paymentFailed: hasFailed(session),
});

/** In seconds since 1970. */
function fromUnixSeconds(session: CheckoutSession): number {
  if (session.status === 'expired') return session.expires_at;
  return chargeOf(session)?.created ?? session.created;
}

/** The customer went through with it, and the delayed method did not: the session itself says `unpaid` for ever. */
function hasFailed(session: CheckoutSession): boolean {
  const ended = ['requires_payment_method', 'canceled'].includes(intentOf(session)?.status ?? '');
  return session.status === 'complete' && session.payment_status === 'unpaid' && ended;
}
