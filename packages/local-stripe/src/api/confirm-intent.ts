import { nowMs } from '../clock.js';
import type { Tx } from '../ledger.js';
import { invalidRequest } from '../manners/refusals.js';
import { applyTestCardEffects } from '../payments/test-card-effects.js';
import { pay } from '../payments/pay.js';
import type { PaymentIntent, PaymentMethod } from '../wire.js';
import { cardRefused } from './card-refused.js';

interface Asked {
  return_url: string | undefined;
  error_on_requires_action: boolean | undefined;
}

/** Where the sandbox is reached, and how long a delayed payment takes, in ms. */
export interface ConfirmSettings {
  origin: string;
  delayMs: number;
}

/** Tries to make the payment. A decline is a refusal. */
export async function confirm(
  tx: Tx,
  intent: PaymentIntent,
  method: PaymentMethod,
  { return_url: returnUrl, error_on_requires_action: noAction }: Asked,
  { origin, delayMs }: ConfirmSettings,
): Promise<PaymentIntent> {
  const authentication = { url: `${origin}/c/authenticate/${intent.id}`, returnUrl };
  const payment = await pay(tx, intent, method, { origin, authentication, settlesAtMs: nowMs() + delayMs });
  switch (payment.outcome) {
    case 'declined':
      throw cardRefused(payment, method);
    case 'authenticate':
      if (noAction === true) {
        const message =
          'This payment required an authentication action to complete, but `error_on_requires_action` was set.';
        throw invalidRequest(message, undefined, 'authentication_required');
      }
      await tx.objects.note('payment_intent', intent.id, { ...(returnUrl && { returnUrl }) });
      return payment.intent;
    case 'charged':
      if (payment.charge.captured) await applyTestCardEffects(tx, payment.charge);
      return payment.intent;
    case 'processing':
      return payment.intent;
  }
}
