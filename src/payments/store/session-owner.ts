import type { Env } from '../../config/env.js';
import { idOf, identifierOf } from '../../stripe/stripe-fields.js';
import type { CheckoutSession } from '../../stripe/stripe.types.js';

type Settings = Pick<Env, 'appName' | 'paymentLinks'>;
type Session = Pick<CheckoutSession, 'metadata' | 'payment_link'>;

/**
 * Our payment that a session was made for: by what our server wrote, never by what a browser could have set. A buyer may put any
 * `client_reference_id` into a payment link's address (https://docs.stripe.com/payment-links/url-parameters).
 */
export function paymentIdOf({ metadata, payment_link: link }: Session, { appName }: Settings): string | undefined {
  if (link || metadata?.app_name !== appName) return undefined;
  return identifierOf(metadata.payment_id);
}

/**
 * Whether a checkout that was never asked for here is of this app all the same: it carries our name, as another instance's
 * does, or comes from a payment link that PAYMENT_LINKS names.
 */
export function isOurs({ metadata, payment_link: link }: Session, { appName, paymentLinks }: Settings): boolean {
  const name = metadata?.app_name;
  return typeof name === 'string' ? name === appName : paymentLinks.includes(idOf(link) ?? '');
}

/** Why a session's events are none of our business, for the operator; `undefined` where they may be. */
export function reasonNotOurs(session: Session, settings: Settings): string | undefined {
  const link = idOf(session.payment_link);
  if (!link || isOurs(session, settings)) return undefined;
  return `paid by the payment link ${link}: give the link the metadata app_name, or list it in PAYMENT_LINKS, if it sells for this app`;
}
