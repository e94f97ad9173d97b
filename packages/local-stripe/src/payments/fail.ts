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

/** What the card network says of a decline, by the decline's code; others are `05`, do not honor. */
const NETWORK_DECLINE_CODES: Record<string, string> = {
  expired_card: '54',
  incorrect_cvc: 'N7',
  insufficient_funds: '51',
  lost_card: '41',
  processing_error: '96',
  stolen_card: '43',
};
const NETWORK_ADVICE_CODES: Record<string, string> = { confirm_card_data: '01', do_not_try_again: '03' };

/** The codes of a card that was declined; none where no card was. */
export function codesOf({ adviceCode, declineCode }: Failure) {
  if (adviceCode === undefined) return {};
  return {
    advice_code: adviceCode,
    network_advice_code: NETWORK_ADVICE_CODES[adviceCode] ?? '02',
    network_decline_code: NETWORK_DECLINE_CODES[declineCode ?? ''] ?? '05',
  };
}

/** Fails a payment: the intent is `requires_payment_method` again, and its charge, if any, `failed`. */
export async function fail(
  tx: Tx,
  intent: PaymentIntent,
  method: PaymentMethod,
  failure: Failure,
  pending?: Charge,
): Promise<PaymentIntent> {
  const { code, declineCode, message, param } = failure;
  const charge = pending && failed(pending, code, declineCode ?? code, message);
  const waiting: PaymentIntent = {
    ...intent,
    last_payment_error: {
      ...codesOf(failure),
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
