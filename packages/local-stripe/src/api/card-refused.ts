import { ApiError } from '../manners/api-error.js';
import type { Payment } from '../payments/pay.js';
import type { PaymentMethod } from '../wire.js';

const PAYMENT_REQUIRED = 402;

/** A refusal that leaves its traces, as at Stripe: the failed charge, the waiting payment, and their events. */
export function cardRefused(
  { intent, failure }: Extract<Payment, { outcome: 'declined' }>,
  method: PaymentMethod,
): ApiError {
  const { code, declineCode, message } = failure;
  return new ApiError(
    PAYMENT_REQUIRED,
    {
      type: 'card_error',
      code,
      ...(declineCode && { decline_code: declineCode }),
      ...(intent.latest_charge !== null && { charge: intent.latest_charge }),
      message,
      payment_intent: intent,
      payment_method: method,
    },
    'kept',
  );
}
