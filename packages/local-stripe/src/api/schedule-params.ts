import {
  emptyable,
  integer,
  list,
  metadata,
  oneOf,
  optional,
  shape,
  text,
  boolean,
  currency,
  type ValueOf,
} from '../conventions/params/index.js';
import { priceFields } from './new-price.js';
import { discountParams, momentOrNow, prorationBehavior } from './subscription-params.js';

const anchorWord = oneOf('automatic', 'phase_start');
const collection = optional(oneOf('charge_automatically', 'send_invoice'));

const priceData = optional(shape({ ...priceFields, product: text }));
const quantity = optional(integer({ min: 0, max: 999_999 }));

const phaseItem = shape({
  discounts: discountParams,
  metadata: optional(metadata),
  /** The older word for `price`. */
  plan: optional(text),
  price: optional(text),
  price_data: priceData,
  quantity,
  tax_rates: optional(emptyable(list(text))),
});

export const phaseParams = shape({
  add_invoice_items: optional(list(shape({ price: optional(text), price_data: priceData, quantity }))),
  billing_cycle_anchor: optional(anchorWord),
  collection_method: collection,
  currency: optional(currency),
  default_payment_method: optional(text),
  default_tax_rates: optional(emptyable(list(text))),
  description: optional(emptyable(text)),
  discounts: discountParams,
  duration: optional(
    shape({ interval: oneOf('day', 'week', 'month', 'year'), interval_count: optional(integer({ min: 1 })) }),
  ),
  end_date: optional(momentOrNow),
  invoice_settings: optional(shape({ days_until_due: optional(integer({ min: 0 })) })),
  items: list(phaseItem),
  /** Older: how many periods of its price the phase lasts. */
  iterations: optional(integer({ min: 1 })),
  metadata: optional(metadata),
  proration_behavior: prorationBehavior,
  start_date: optional(momentOrNow),
  trial: optional(boolean),
  trial_end: optional(momentOrNow),
});

export type PhaseParams = ValueOf<typeof phaseParams>;

const common = {
  default_settings: optional(
    shape({
      billing_cycle_anchor: optional(anchorWord),
      collection_method: collection,
      default_payment_method: optional(text),
      description: optional(emptyable(text)),
      invoice_settings: optional(shape({ days_until_due: optional(integer({ min: 0 })) })),
    }),
  ),
  end_behavior: optional(oneOf('cancel', 'none', 'release', 'renew')),
  metadata: optional(emptyable(metadata)),
  phases: optional(list(phaseParams)),
};

export const scheduleCreation = shape({
  ...common,
  billing_mode: optional(
    shape({
      flexible: optional(shape({ proration_discounts: optional(oneOf('included', 'itemized')) })),
      type: oneOf('classic', 'flexible'),
    }),
  ),
  customer: optional(text),
  from_subscription: optional(text),
  start_date: optional(momentOrNow),
});

export type ScheduleCreation = ValueOf<typeof scheduleCreation>;

export const scheduleChanges = shape({ ...common, proration_behavior: prorationBehavior });

export const scheduleFilters = {
  customer: optional(text),
  scheduled: optional(boolean),
};
