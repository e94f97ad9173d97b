import {
  boolean,
  emailAddress,
  emptyable,
  integer,
  list,
  metadata,
  oneOf,
  optional,
  shape,
  shipping,
  text,
  webAddress,
  type Reader,
} from '../manners/params/index.js';
import { paymentMethodData } from './payment-method-params.js';

/** The most that Stripe takes in one payment: eight digits. */
export const amount = integer({ min: 1, max: 99_999_999 });

/** Taken as Stripe takes it, and of no consequence here. */
const noMatter: Reader<unknown> = (raw) => raw;

export const captureMethod = optional(oneOf('automatic', 'automatic_async', 'manual'));
export const futureUsage = optional(oneOf('off_session', 'on_session'));

/** What may be said of a payment at any time before it is made. */
export const told = {
  allowed_payment_method_types: optional(list(text)),
  capture_method: captureMethod,
  customer: optional(text),
  description: optional(emptyable(text)),
  metadata: optional(metadata),
  payment_method: optional(text),
  payment_method_data: optional(paymentMethodData),
  payment_method_options: noMatter,
  receipt_email: optional(emptyable(emailAddress)),
  setup_future_usage: optional(emptyable(oneOf('off_session', 'on_session'))),
  shipping: optional(emptyable(shipping)),
  statement_descriptor: optional(text),
  statement_descriptor_suffix: optional(text),
  transfer_group: optional(text),
};

/** What may be said when it is to be made. */
export const confirmation = {
  error_on_requires_action: optional(boolean),
  mandate_data: noMatter,
  off_session: noMatter,
  return_url: optional(webAddress),
  use_stripe_sdk: optional(boolean),
};

export const automaticMethods = optional(
  shape({ allow_redirects: optional(oneOf('always', 'never')), enabled: boolean }),
);
