import {
  boolean,
  changeMetadata,
  emailAddress,
  emptyable,
  list,
  metadata,
  type MetadataChange,
  oneOf,
  optional,
  type Reader,
  shape,
  shipping,
  text,
  webAddress,
} from '../conventions/params/index.js';
import { connectFields, connectPart } from './connect-params.js';
import { methodOptions, optionsOf } from './method-options.js';
import { paymentMethodData } from './payment-method-params.js';
import type { PaymentIntent, PaymentMethod } from '../model/wire.js';

/** Accepted as at Stripe, without effect here. */
const noMatter: Reader<unknown> = (raw) => raw;

export const captureMethod = optional(oneOf('automatic', 'automatic_async', 'manual'));
export const futureUsage = optional(oneOf('off_session', 'on_session'));

/** Parameters that a Payment Intent takes on creation, update and confirmation. */
export const changeableFields = {
  ...connectFields,
  allowed_payment_method_types: optional(list(text)),
  capture_method: captureMethod,
  customer: optional(text),
  description: optional(emptyable(text)),
  metadata: optional(metadata),
  payment_method: optional(text),
  payment_method_data: optional(paymentMethodData),
  payment_method_options: methodOptions('POST /v1/payment_intents'),
  radar_options: noMatter,
  receipt_email: optional(emptyable(emailAddress)),
  setup_future_usage: optional(emptyable(oneOf('off_session', 'on_session'))),
  shipping: optional(emptyable(shipping)),
  statement_descriptor: optional(text),
  statement_descriptor_suffix: optional(text),
  transfer_group: optional(text),
};

/** Further parameters of a confirmation. */
export const confirmation = {
  error_on_requires_action: optional(boolean),
  mandate: noMatter,
  mandate_data: noMatter,
  off_session: noMatter,
  return_url: optional(webAddress),
  use_stripe_sdk: optional(boolean),
};

export const automaticMethods = optional(
  shape({ allow_redirects: optional(oneOf('always', 'never')), enabled: boolean }),
);

type Said = Partial<
  Pick<
    PaymentIntent,
    | 'amount'
    | 'capture_method'
    | 'currency'
    | 'customer'
    | 'description'
    | 'receipt_email'
    | 'setup_future_usage'
    | 'shipping'
    | 'statement_descriptor'
    | 'statement_descriptor_suffix'
    | 'transfer_group'
  >
> & {
  allowed_payment_method_types?: string[] | undefined;
  metadata?: MetadataChange | undefined;
  payment_method_options?: object | undefined;
} & Parameters<typeof connectPart>[0];

/** Applies an update: fields left out keep their value, and a payment method makes it `requires_confirmation`. */
export function changedIntent(before: PaymentIntent, said: Said, method: PaymentMethod | undefined): PaymentIntent {
  const allowed = said.allowed_payment_method_types ?? before.allowed_payment_method_types;
  const types = allowed ?? before.payment_method_types;
  return {
    ...before,
    ...(connectPart(said) as Partial<PaymentIntent>),
    allowed_payment_method_types: allowed,
    amount: said.amount ?? before.amount,
    capture_method: said.capture_method ?? before.capture_method,
    currency: said.currency ?? before.currency,
    customer: said.customer ?? before.customer,
    description: changed(said.description, before.description),
    metadata: changeMetadata(before.metadata, said.metadata),
    payment_method: method?.id ?? before.payment_method,
    payment_method_options: optionsOf(types, before.payment_method_options, said.payment_method_options),
    payment_method_types: types,
    receipt_email: changed(said.receipt_email, before.receipt_email),
    setup_future_usage: changed(said.setup_future_usage, before.setup_future_usage),
    shipping: changed(said.shipping, before.shipping),
    statement_descriptor: changed(said.statement_descriptor, before.statement_descriptor),
    statement_descriptor_suffix: changed(said.statement_descriptor_suffix, before.statement_descriptor_suffix),
    status: method && before.status === 'requires_payment_method' ? 'requires_confirmation' : before.status,
    transfer_group: changed(said.transfer_group, before.transfer_group),
  };
}

/** Null unsets; undefined keeps the value. */
const changed = <T>(said: T | undefined, before: T): T => (said === undefined ? before : said);
