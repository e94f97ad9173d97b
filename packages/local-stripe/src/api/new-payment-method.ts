import { ApiError, invalidRequest } from '../conventions/errors.js';
import type { ValueOf } from '../conventions/params/index.js';
import type { PaymentMethod } from '../model/wire.js';
import { codesOf, type Failure } from '../payments/fail.js';
import { attach, createPaymentMethod, isSpent, refusalToAttach } from '../payments/payment-methods.js';
import type { Tx } from '../state/store.js';
import { meansOf, type paymentMethodData } from './payment-method-params.js';
import { redeemToken } from './tokens.js';

/** The message of a payment method that cannot be used again. */
export const SPENT =
  'The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, shared with a connected account without Customer attachment, or was detached from a Customer. It may not be used again. To use a PaymentMethod multiple times, you must attach it to a Customer first.';

/** The payment method that parameters describe. `within`: the parameter that holds them; empty at the top. */
export async function createDescribed(
  tx: Tx,
  described: ValueOf<typeof paymentMethodData>,
  within: string,
  more: Parameters<typeof createPaymentMethod>[3] = {},
): Promise<PaymentMethod> {
  const means = meansOf(described, within);
  const kind = means.type === 'token' ? (await redeemToken(tx, means.id, means.param)).kind : means;
  return createPaymentMethod(tx, described.billing_details ?? {}, kind, more);
}

/** Attaches a payment method to a customer. Throws ApiError 402 for a card that is declined then. */
export async function attachIfPossible(tx: Tx, method: PaymentMethod, customer: string): Promise<PaymentMethod> {
  if (await isSpent(tx, method)) throw invalidRequest(SPENT);
  const refusal = method.customer === customer ? undefined : await refusalToAttach(tx, method);
  if (refusal) throw cardError(refusal);
  return attach(tx, method, customer);
}

/** 402 `card_error`. */
export function cardError(failure: Failure): ApiError {
  const { code, declineCode, message, param } = failure;
  return new ApiError(402, {
    type: 'card_error',
    code,
    ...codesOf(failure),
    ...(declineCode !== undefined && { decline_code: declineCode }),
    message,
    // Without a field that is wrong it is empty, as at Stripe.
    param: param ?? '',
  });
}
