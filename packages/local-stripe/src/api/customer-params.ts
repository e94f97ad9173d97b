import {
  address,
  changeMetadata,
  emailAddress,
  emptyable,
  list,
  metadata,
  oneOf,
  optional,
  shape,
  shipping,
  text,
  type ValueOf,
} from '../conventions/params/index.js';
import type { Customer } from '../model/wire.js';

const changeable = {
  address: optional(emptyable(address)),
  description: optional(emptyable(text)),
  email: optional(emptyable(emailAddress)),
  invoice_settings: optional(shape({ default_payment_method: optional(emptyable(text)) })),
  metadata: optional(metadata),
  name: optional(emptyable(text)),
  phone: optional(emptyable(text)),
  preferred_locales: optional(list(text)),
  shipping: optional(emptyable(shipping)),
  tax_exempt: optional(oneOf('none', 'exempt', 'reverse')),
};

export const changes = shape(changeable);

export const firstWords = shape({ ...changeable, payment_method: optional(text), test_clock: optional(text) });

export type CustomerChanges = ValueOf<typeof changes>;

/** Applies an update: fields that the request leaves out keep their value. */
export function changedCustomer(before: Customer, said: CustomerChanges): Customer {
  const { invoice_settings, metadata: asked, ...rest } = said;
  const mentioned = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
  const { default_payment_method = before.invoice_settings.default_payment_method } = invoice_settings ?? {};
  return {
    ...before,
    ...mentioned,
    invoice_settings: { ...before.invoice_settings, default_payment_method },
    metadata: changeMetadata(before.metadata, asked),
  };
}
