import {
  boolean,
  changeMetadata,
  emptyable,
  list,
  metadata,
  oneOf,
  optional,
  text,
  webAddress,
  type MetadataChange,
  type Reader,
} from '../conventions/params/index.js';
import type { PaymentMethod, SetupIntent } from '../model/wire.js';
import { automaticMethods } from './intent-params.js';
import { methodOptions, optionsOf } from './method-options.js';
import { paymentMethodData } from './payment-method-params.js';

/** Accepted as at Stripe, without effect here. */
const noMatter: Reader<unknown> = (raw) => raw;

/** Parameters that creation and update share. */
export const setupFields = {
  allowed_payment_method_types: optional(list(text)),
  attach_to_self: optional(boolean),
  customer: optional(text),
  description: optional(emptyable(text)),
  flow_directions: optional(list(oneOf('inbound', 'outbound'))),
  metadata: optional(metadata),
  payment_method: optional(text),
  payment_method_data: optional(paymentMethodData),
  payment_method_options: methodOptions('POST /v1/setup_intents'),
};

/** Further parameters of a confirmation. */
export const setupConfirmation = {
  mandate_data: noMatter,
  return_url: optional(webAddress),
  use_stripe_sdk: optional(boolean),
};

export const setupCreation = {
  ...setupFields,
  ...setupConfirmation,
  automatic_payment_methods: automaticMethods,
  confirm: optional(boolean),
  on_behalf_of: optional(text),
  usage: optional(oneOf('off_session', 'on_session')),
};

interface Said {
  allowed_payment_method_types?: string[] | undefined;
  customer?: string | undefined;
  description?: string | null | undefined;
  metadata?: MetadataChange | undefined;
  payment_method_options?: object | undefined;
}

/** Applies an update: fields left out keep their value, and a payment method makes it `requires_confirmation`. */
export function changedSetup(before: SetupIntent, said: Said, method: PaymentMethod | undefined): SetupIntent {
  const types = said.allowed_payment_method_types ?? before.payment_method_types;
  const waits = method && before.status === 'requires_payment_method';
  return {
    ...before,
    allowed_payment_method_types: said.allowed_payment_method_types ?? before.allowed_payment_method_types,
    customer: said.customer ?? before.customer,
    description: said.description === undefined ? before.description : said.description,
    metadata: changeMetadata(before.metadata ?? {}, said.metadata),
    payment_method: method?.id ?? before.payment_method,
    payment_method_options: optionsOf(types, before.payment_method_options, said.payment_method_options),
    payment_method_types: types,
    status: waits ? 'requires_confirmation' : before.status,
  };
}
