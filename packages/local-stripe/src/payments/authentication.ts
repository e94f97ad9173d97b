import { randomText } from '../model/ids.js';
import type { Tx } from '../state/store.js';
import type { PaymentIntent, PaymentMethod } from '../model/wire.js';
import { fail, type Failure } from './fail.js';
import { threeDSecure } from './three-d-secure.js';

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
      method.type === 'customer_balance'
        ? bankTransfer(intent)
        : return_url === undefined
          ? { type: 'use_stripe_sdk', use_stripe_sdk: threeDSecure(url) }
          : { type: 'redirect_to_url', redirect_to_url: { return_url, url } },
    payment_method: method.id,
    status: 'requires_action',
  };
  await tx.objects.save(waiting);
  await tx.events.record('payment_intent.requires_action', waiting);
  return waiting;
}

/** What the customer must transfer, and under which reference. */
function bankTransfer({ amount, currency }: PaymentIntent): PaymentIntent['next_action'] {
  const instructions = {
    amount_remaining: amount,
    currency,
    hosted_instructions_url: null,
    reference: randomText(12).toUpperCase(),
    type: `${currency === 'jpy' ? 'jp' : currency === 'usd' ? 'us' : 'eu'}_bank_transfer`,
  };
  return {
    type: 'display_bank_transfer_instructions',
    display_bank_transfer_instructions: instructions,
  } as unknown as PaymentIntent['next_action'];
}

export async function failAuthentication(tx: Tx, intent: PaymentIntent, method: PaymentMethod): Promise<string> {
  await fail(tx, intent, method, NOT_AUTHENTICATED);
  return NOT_AUTHENTICATED.message;
}
