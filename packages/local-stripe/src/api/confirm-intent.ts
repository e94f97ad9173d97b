import type { Tx } from '../state/store.js';
import { ApiError, invalidRequest } from '../conventions/errors.js';
import { codesOf } from '../payments/fail.js';
import { applyTestCardEffects, pay, type Payment } from '../payments/pay.js';
import type { PaymentIntent, PaymentMethod } from '../model/wire.js';

const PAYMENT_REQUIRED = 402;

/** The error 402 of a decline. The failed charge, the Payment Intent and their events are kept, as at Stripe. */
export function cardRefused(
  { intent, failure }: Extract<Payment, { outcome: 'declined' }>,
  method: PaymentMethod,
): ApiError {
  const { code, declineCode, message, param } = failure;
  return new ApiError(
    PAYMENT_REQUIRED,
    {
      type: 'card_error',
      code,
      ...codesOf(failure),
      ...(declineCode && { decline_code: declineCode }),
      ...(param !== undefined && { param }),
      ...(intent.latest_charge !== null && { charge: intent.latest_charge }),
      message,
      payment_intent: intent,
      payment_method: method,
    },
    'kept',
  );
}

interface Asked {
  return_url: string | undefined;
  error_on_requires_action: boolean | undefined;
}

/** Attempts the payment. Throws ApiError 402 where it is declined. */
export async function confirm(
  tx: Tx,
  intent: PaymentIntent,
  method: PaymentMethod,
  { return_url: returnUrl, error_on_requires_action: noAction }: Asked,
  origin: string,
): Promise<PaymentIntent> {
  const authentication = { url: `${origin}/c/authenticate/${intent.id}`, returnUrl };
  const payment = await pay(tx, intent, method, { origin, authentication });
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
