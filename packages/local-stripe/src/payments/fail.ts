import type { Tx } from '../state/store.js';
import type { Charge, PaymentIntent, PaymentMethod } from '../model/wire.js';
import { failed } from './charges.js';

/** Why a payment failed: Stripe's codes and message. */
export interface Failure {
  code: string;
  declineCode?: string;
  /** What the caller should do next. */
  adviceCode?: string;
  /** The field of the card that is wrong. */
  param?: string;
  message: string;
}

/** Fails a payment: the intent is `requires_payment_method` again, and its charge, if any, `failed`. */
export async function fail(
  tx: Tx,
  intent: PaymentIntent,
  method: PaymentMethod,
  failure: Failure,
  pending?: Charge,
): Promise<PaymentIntent> {
  const { adviceCode, code, declineCode, message, param } = failure;
  const charge = pending && failed(pending, code, declineCode ?? code, message);
  const waiting: PaymentIntent = {
    ...intent,
    last_payment_error: {
      ...(adviceCode !== undefined && { advice_code: adviceCode }),
      ...(charge && { charge: charge.id }),
      code,
      ...(declineCode && { decline_code: declineCode }),
      doc_url: `https://docs.stripe.com/error-codes#${code.replaceAll('_', '-')}`,
      message,
      ...(param !== undefined && { param }),
      payment_method: method,
      type: method.type === 'card' && charge ? 'card_error' : 'invalid_request_error',
    },
    latest_charge: charge?.id ?? intent.latest_charge,
    next_action: null,
    payment_method: null,
    processing: null,
    status: 'requires_payment_method',
  };
  await tx.objects.save(waiting);
  if (charge) {
    await tx.objects.save(charge);
    await tx.events.record('charge.failed', charge);
  }
  await tx.events.record('payment_intent.payment_failed', waiting);
  return waiting;
}
