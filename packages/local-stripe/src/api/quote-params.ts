import {
  emptyable,
  integer,
  list,
  metadata,
  oneOf,
  optional,
  shape,
  text,
  type ValueOf,
} from '../conventions/params/index.js';
import { priceFields } from './new-price.js';
import { anchorFields, discountParams, moment } from './subscription-params.js';

const lineItem = shape({
  discounts: discountParams,
  price: optional(text),
  price_data: optional(shape({ ...priceFields, product: text })),
  quantity: optional(integer({ min: 1, max: 999_999 })),
  tax_rates: optional(emptyable(list(text))),
});

/** What can be set on a draft. */
const fields = {
  collection_method: optional(oneOf('charge_automatically', 'send_invoice')),
  customer: optional(text),
  default_tax_rates: optional(emptyable(list(text))),
  description: optional(emptyable(text)),
  discounts: discountParams,
  expires_at: optional(moment),
  footer: optional(emptyable(text)),
  header: optional(emptyable(text)),
  invoice_settings: optional(shape({ days_until_due: optional(integer({ min: 0 })) })),
  line_items: optional(list(lineItem)),
  metadata: optional(metadata),
  subscription_data: optional(
    shape({
      billing_mode: anchorFields.billing_mode,
      description: optional(text),
      effective_date: optional(emptyable(moment)),
      metadata: optional(metadata),
      trial_period_days: optional(emptyable(integer({ min: 1, max: 730 }))),
    }),
  ),
};

export const quoteChanges = shape(fields);
export type QuoteChanges = ValueOf<typeof quoteChanges>;

export const newQuoteParams = shape({
  ...fields,
  from_quote: optional(shape({ quote: text })),
  test_clock: optional(text),
});

export const quoteFilters = {
  customer: optional(text),
  status: optional(oneOf('accepted', 'canceled', 'draft', 'open')),
  test_clock: optional(text),
};
