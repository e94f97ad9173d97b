import type { Tx } from '../state/store.js';
import { endpoint } from '../conventions/endpoint.js';
import { boolean, changeMetadata, integer, metadata, oneOf, optional, shape } from '../conventions/params/index.js';
import { invalidRequest, wrongState } from '../conventions/errors.js';
import { cancelIntent, capture } from '../payments/capture.js';
import { sessionOf } from '../payments/intents.js';
import type { PaymentIntent } from '../model/wire.js';
import { changedIntent, confirmation, changeableFields } from './intent-params.js';
import { confirm } from './confirm-intent.js';
import { namedMethod } from './intent-methods.js';
import { findOr404 } from './reading.js';
import { formatAmount } from '../model/money.js';

export const capturable = shape({
  amount_to_capture: optional(integer({ min: 1 })),
  final_capture: optional(boolean),
  metadata: optional(metadata),
});

/** The amount to capture, in minor units: the requested one, or all that is authorized. Throws ApiError 400 where it is too large. */
export function amountToCapture(intent: PaymentIntent, asked: number | undefined, param: string): number {
  const { amount_capturable: reserved, currency } = intent;
  if (asked === undefined || asked <= reserved) return asked ?? reserved;
  const [tooMuch, most] = [asked, reserved].map((amount) => formatAmount(amount, currency));
  const message = `The amount to capture (${tooMuch}) is greater than the amount you can capture (${most}).`;
  throw invalidRequest(message, param, 'amount_too_large');
}

/** The states in which a Payment Intent can be updated and confirmed. */
export const UNCONFIRMED: string[] = ['requires_payment_method', 'requires_confirmation', 'requires_action'];

export const confirmOne = endpoint(
  shape({ ...changeableFields, ...confirmation }),
  async ({ tx, params, id, namesVersion, origin }) => {
    const before = await findOr404(tx, 'payment_intent', id);
    if (!UNCONFIRMED.includes(before.status)) {
      const message = `You cannot confirm this PaymentIntent because it has a status of ${before.status}. Only a PaymentIntent with one of the following statuses may be confirmed: ${UNCONFIRMED.join(', ')}.`;
      throw wrongState(message, before);
    }
    const method =
      (await namedMethod(tx, before, params)) ??
      (before.payment_method === null ? undefined : await tx.objects.get('payment_method', before.payment_method));
    if (!method) {
      const message =
        "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a payment method or ConfirmationToken.";
      throw wrongState(message, before);
    }
    const changed = changedIntent(before, params, method);
    if (namesVersion) mustReturn(changed, params);
    return confirm(tx, changed, method, params, origin);
  },
);

interface Returning {
  error_on_requires_action?: boolean | undefined;
  off_session?: unknown;
  return_url?: string | undefined;
  use_stripe_sdk?: boolean | undefined;
}

/** Payment methods of the account may lead the customer away: without an address to return to, 400. */
export function mustReturn(
  { automatic_payment_methods: automatic }: PaymentIntent,
  { error_on_requires_action, off_session, return_url, use_stripe_sdk }: Returning,
): void {
  const stays = error_on_requires_action === true || use_stripe_sdk === true || isTrue(off_session);
  if (return_url !== undefined || stays || automatic?.allow_redirects !== 'always') return;
  const message =
    "This PaymentIntent is configured to accept payment methods enabled in your Dashboard. Because some of these payment methods might redirect your customer off of your page, you must provide a `return_url`. If you don't want to accept redirect-based payment methods, set `automatic_payment_methods[enabled]` to `true` and `automatic_payment_methods[allow_redirects]` to `never` when creating Setup Intents and Payment Intents.";
  throw invalidRequest(message);
}

const isTrue = (value: unknown): boolean => !['', 'false', 'undefined'].includes(String(value ?? '').toLowerCase());

export const captureOne = endpoint(capturable, async ({ tx, params, id }) => {
  const intent = await findOr404(tx, 'payment_intent', id);
  if (intent.status !== 'requires_capture') {
    const message = `This PaymentIntent could not be captured because it has a status of ${intent.status}. Only a PaymentIntent with one of the following statuses may be captured: requires_capture.`;
    throw wrongState(message, intent);
  }
  const noted = { ...intent, metadata: changeMetadata(intent.metadata, params.metadata) };
  return capture(tx, noted, amountToCapture(noted, params.amount_to_capture, 'amount_to_capture'));
});

export const cancelOne = endpoint(
  shape({
    cancellation_reason: optional(oneOf('duplicate', 'fraudulent', 'requested_by_customer', 'abandoned')),
  }),
  async ({ tx, params, id }) => {
    const intent = await findOr404(tx, 'payment_intent', id);
    await mustBeCancelable(tx, intent);
    return cancelIntent(tx, intent, params.cancellation_reason ?? null);
  },
);

async function mustBeCancelable(tx: Tx, intent: PaymentIntent): Promise<void> {
  const cancelable = [...UNCONFIRMED, 'requires_capture', 'processing'];
  if (!cancelable.includes(intent.status)) {
    const message = `You cannot cancel this PaymentIntent because it has a status of ${intent.status}. Only a PaymentIntent with one of the following statuses may be canceled: ${cancelable.join(', ')}.`;
    throw wrongState(message, intent);
  }
  if ((await sessionOf(tx, intent.id))?.status === 'open') {
    throw wrongState(
      'You cannot cancel PaymentIntents created by Checkout. Expire the Checkout Session instead.',
      intent,
    );
  }
}
