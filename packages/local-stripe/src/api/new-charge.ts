import { endpoint } from '../conventions/endpoint.js';
import { ApiError, missingParameter, noSuch } from '../conventions/errors.js';
import {
  boolean,
  changeMetadata,
  currency,
  emailAddress,
  metadata,
  optional,
  shape,
  shipping,
  text,
  type ValueOf,
} from '../conventions/params/index.js';
import type { Charge, PaymentMethod } from '../model/wire.js';
import { chargeDirectly } from '../payments/charge-directly.js';
import { codesOf } from '../payments/fail.js';
import { newIntent } from '../payments/intents.js';
import { newCharge } from '../payments/charges.js';
import type { Tx } from '../state/store.js';
import { amount, checkAmount } from './amounts.js';
import { connectFields, connectPart, mustHavePayer } from './connect-params.js';
import { findOr404 } from './reading.js';
import { cardFrom, sourceParam } from './tokens.js';

const request = shape({
  ...connectFields,
  amount,
  capture: optional(boolean),
  card: optional(sourceParam),
  currency,
  customer: optional(text),
  description: optional(text),
  metadata: optional(metadata),
  receipt_email: optional(emailAddress),
  shipping: optional(shipping),
  source: optional(sourceParam),
  statement_descriptor: optional(text),
  statement_descriptor_suffix: optional(text),
  transfer_group: optional(text),
});

/** `POST /v1/charges`, older than Payment Intents: charges a card at once. */
export const createCharge = endpoint(request, async ({ tx, params, origin }) => {
  checkAmount(params.amount, params.currency);
  mustHavePayer(params, tx.objects.accounts.own);
  const method = await methodToCharge(tx, params);
  const { captured, failure, charge } = await chargeDirectly(tx, newDirectCharge(params, method), method, {
    capture: params.capture ?? true,
    origin,
  });
  if (!failure) return captured;
  const { code, declineCode, message, param } = failure;
  const details = {
    type: 'card_error' as const,
    code,
    ...codesOf(failure),
    ...(declineCode !== undefined && { decline_code: declineCode }),
    charge: charge.id,
    message,
    ...(param !== undefined && { param }),
  };
  throw new ApiError(402, details, 'kept');
});

type Asked = ValueOf<typeof request>;

function newDirectCharge(params: Asked, method: PaymentMethod): Charge {
  const { customer = null, description = null } = params;
  const draft = newIntent({
    amount: params.amount,
    capture_method: 'automatic',
    currency: params.currency,
    customer,
    description,
    metadata: changeMetadata({}, params.metadata),
    payment_method_types: ['card'],
    receipt_email: params.receipt_email ?? null,
    shipping: params.shipping ?? null,
    statement_descriptor: params.statement_descriptor ?? null,
    statement_descriptor_suffix: params.statement_descriptor_suffix ?? null,
    transfer_group: params.transfer_group ?? null,
  });
  return { ...newCharge(draft, method), ...connectPart(params), payment_intent: null };
}

/** A customer's card, the default one where none is named, or a new one of nobody. */
async function methodToCharge(tx: Tx, { customer, card, source = card }: Asked): Promise<PaymentMethod> {
  if (customer === undefined) {
    if (source === undefined) throw missingParameter('source');
    const known = typeof source === 'string' ? await tx.objects.find('payment_method', source) : undefined;
    return known ?? cardFrom(tx, source, 'source');
  }
  const { default_source } = await findOr404(tx, 'customer', customer);
  const id = source ?? default_source;
  if (typeof id === 'string' && id !== '') {
    const own = await tx.objects.find('payment_method', id);
    if (own?.customer === customer) return own;
    throw noSuch(`card; customer ${customer} does not have it`, id, 'card', 404);
  }
  const message = 'Cannot charge a customer that has no active card';
  throw new ApiError(402, { type: 'card_error', code: 'missing', message, param: 'card' });
}
