import {
  address,
  changeMetadata,
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
  type ValueOf,
} from '../conventions/params/index.js';
import { discountFields } from './customer-discount.js';
import { taxIdData } from './tax-ids.js';
import { sourceParam } from './tokens.js';
import type { Customer } from '../model/wire.js';

const changeable = {
  address: optional(emptyable(address)),
  balance: optional(integer()),
  business_name: optional(emptyable(text)),
  description: optional(emptyable(text)),
  email: optional(emptyable(emailAddress)),
  individual_name: optional(emptyable(text)),
  invoice_prefix: optional(text),
  invoice_settings: optional(
    shape({
      custom_fields: optional(emptyable(list(shape({ name: text, value: text })))),
      default_payment_method: optional(emptyable(text)),
      footer: optional(emptyable(text)),
      rendering_options: optional(
        emptyable(shape({ amount_tax_display: optional(emptyable(text)), template: optional(text) })),
      ),
    }),
  ),
  metadata: optional(metadata),
  name: optional(emptyable(text)),
  next_invoice_sequence: optional(integer({ min: 1 })),
  phone: optional(emptyable(text)),
  preferred_locales: optional(list(text)),
  shipping: optional(emptyable(shipping)),
  tax_exempt: optional(emptyable(oneOf('none', 'exempt', 'reverse'))),
};

/** A source, by today's name and by the older one. */
const source = { card: optional(sourceParam), source: optional(sourceParam) };

export const changes = shape({ ...changeable, ...discountFields, ...source, default_source: optional(text) });

export const firstWords = shape({
  ...changeable,
  ...discountFields,
  ...source,
  payment_method: optional(text),
  tax_id_data: taxIdData,
  test_clock: optional(text),
});

/** What is kept of the parameters as it is. */
export type CustomerChanges = ValueOf<ReturnType<typeof shape<typeof changeable>>>;

/** Applies an update: fields that the request leaves out keep their value. */
export function changedCustomer(before: Customer, said: CustomerChanges): Customer {
  const { invoice_settings, metadata: asked, tax_exempt, ...rest } = said;
  const mentioned = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
  const settings = Object.fromEntries(
    Object.entries(invoice_settings ?? {}).filter(([, value]) => value !== undefined),
  );
  return {
    ...before,
    ...mentioned,
    ...(tax_exempt !== undefined && { tax_exempt: tax_exempt ?? 'none' }),
    invoice_settings: { ...before.invoice_settings, ...settings },
    metadata: changeMetadata(before.metadata, asked),
  };
}
