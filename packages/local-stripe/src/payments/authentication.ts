import type { Tx } from '../state/store.js';
import type { PaymentIntent, PaymentMethod } from '../model/wire.js';
import { fail, type Failure } from './fail.js';

const NOT_AUTHENTICATED: Failure = {
  code: 'payment_intent_authentication_failure',
  message: 'We are unable to authenticate your payment method. Please choose a different payment method and try again.',
};

export interface Authentication {
  /** Address of the authentication page. */
  url: string;
  /** Where it redirects to afterwards; undefined where the client opens the page by itself (Stripe.js). */
  returnUrl: string | undefined;
}

/** Sets the intent to `requires_action` for 3D Secure. */
export async function requireAuthentication(
  tx: Tx,
  intent: PaymentIntent,
  method: PaymentMethod,
  { url, returnUrl: return_url }: Authentication,
): Promise<PaymentIntent> {
  const waiting: PaymentIntent = {
    ...intent,
    last_payment_error: null,
    next_action:
      return_url === undefined
        ? { type: 'use_stripe_sdk', use_stripe_sdk: { type: 'three_d_secure_redirect', stripe_js: url } }
        : { type: 'redirect_to_url', redirect_to_url: { return_url, url } },
    payment_method: method.id,
    status: 'requires_action',
  };
  await tx.objects.save(waiting);
  await tx.events.record('payment_intent.requires_action', waiting);
  return waiting;
}

export async function failAuthentication(tx: Tx, intent: PaymentIntent, method: PaymentMethod): Promise<string> {
  await fail(tx, intent, method, NOT_AUTHENTICATED);
  return NOT_AUTHENTICATED.message;
}
