import type { Tx } from '../ledger.js';
import { fail } from '../payments/fail.js';
import type { PaymentIntent, PaymentMethod } from '../wire.js';

export const NOT_AUTHENTICATED =
  'We are unable to authenticate your payment method. Please choose a different payment method and try again.';

/** The customer's bank wants to see them first (3D Secure): the payment waits at `pageUrl`. */
export async function requireAuthentication(
  tx: Tx,
  intent: PaymentIntent,
  method: PaymentMethod,
  pageUrl: string,
): Promise<void> {
  const waiting: PaymentIntent = {
    ...intent,
    next_action: {
      type: 'redirect_to_url',
      redirect_to_url: { return_url: pageUrl, url: `${pageUrl}/authenticate` },
    },
    payment_method: method.id,
    status: 'requires_action',
  };
  await tx.objects.save(waiting);
  await tx.events.record('payment_intent.requires_action', waiting);
}

export async function failAuthentication(tx: Tx, intent: PaymentIntent, method: PaymentMethod): Promise<void> {
  const failure = { code: 'payment_intent_authentication_failure', message: NOT_AUTHENTICATED };
  await fail(tx, intent, method, failure);
}
