import {
  boolean,
  currency,
  emptyable,
  integer,
  list,
  metadata,
  oneOf,
  optional,
  type Reader,
  shape,
  text,
  type ValueOf,
} from '../conventions/params/index.js';
import { invalidRequest } from '../conventions/errors.js';
import { priceFields } from './new-price.js';

/** Unix seconds. */
export const moment = integer({ min: 0 });

/** `now`, or Unix seconds. */
export const momentOrNow: Reader<number | 'now'> = (raw, param) => (raw === 'now' ? 'now' : moment(raw, param));

export const discountParams = optional(
  emptyable(list(shape({ coupon: optional(text), discount: optional(text), promotion_code: optional(text) }))),
);

/** A price that is made with the item: its product must exist. */
const priceData = shape({ ...priceFields, product: text });

export const itemFields = {
  discounts: discountParams,
  metadata: optional(metadata),
  /** The older word for `price`. */
  plan: optional(text),
  price: optional(text),
  price_data: optional(priceData),
  quantity: optional(integer({ min: 0, max: 999_999 })),
  tax_rates: optional(emptyable(list(text))),
};

export const newItemParams = shape(itemFields);
export const changedItemParams = shape({
  ...itemFields,
  clear_usage: optional(boolean),
  deleted: optional(boolean),
  id: optional(text),
});

export type ItemParams = ValueOf<typeof newItemParams>;
export type ChangedItemParams = ValueOf<typeof changedItemParams>;

const cancelAtWord = oneOf('min_period_end', 'max_period_end', 'max_billed_until');
export type CancelAt = number | ValueOf<typeof cancelAtWord>;

/** Unix seconds, or a word that is resolved at once. */
export const cancelAt: Reader<CancelAt> = (raw, param) =>
  typeof raw === 'string' && /^\d+$/.test(raw) ? moment(raw, param) : cancelAtWord(raw, param);

export const cancellationDetails = optional(
  shape({
    comment: optional(emptyable(text)),
    feedback: optional(
      emptyable(
        oneOf(
          'customer_service',
          'low_quality',
          'missing_features',
          'other',
          'switched_service',
          'too_complex',
          'too_expensive',
          'unused',
        ),
      ),
    ),
    feedback_option: optional(emptyable(text)),
  }),
);

export const paymentBehavior = optional(
  oneOf('allow_incomplete', 'default_incomplete', 'error_if_incomplete', 'pending_if_incomplete'),
);
export const prorationBehavior = optional(oneOf('create_prorations', 'always_invoice', 'none'));

const addedItem = shape({
  discounts: discountParams,
  metadata: optional(metadata),
  price: optional(text),
  price_data: optional(shape({ ...priceFields, product: text })),
  quantity: optional(integer({ min: 1, max: 999_999 })),
  tax_rates: optional(emptyable(list(text))),
});

/** What creation and update have in common. */
export const commonFields = {
  add_invoice_items: optional(list(addedItem)),
  automatic_tax: optional(shape({ enabled: boolean })),
  cancel_at_period_end: optional(boolean),
  collection_method: optional(oneOf('charge_automatically', 'send_invoice')),
  days_until_due: optional(integer({ min: 0 })),
  default_payment_method: optional(emptyable(text)),
  default_source: optional(emptyable(text)),
  default_tax_rates: optional(emptyable(list(text))),
  description: optional(emptyable(text)),
  discounts: discountParams,
  invoice_settings: optional(shape({ description: optional(emptyable(text)), footer: optional(emptyable(text)) })),
  metadata: optional(metadata),
  off_session: optional(boolean),
  payment_behavior: paymentBehavior,
  /** With `quantity` the older words for a single item. */
  plan: optional(text),
  quantity: optional(integer({ min: 0, max: 999_999 })),
  payment_settings: optional(
    shape({
      payment_method_types: optional(emptyable(list(text))),
      save_default_payment_method: optional(oneOf('off', 'on_subscription')),
    }),
  ),
  proration_behavior: prorationBehavior,
  trial_end: optional(momentOrNow),
  trial_from_plan: optional(boolean),
  trial_settings: optional(
    shape({
      end_behavior: shape({
        billing_cycle_anchor: optional(oneOf('now', 'unchanged')),
        missing_payment_method: optional(oneOf('cancel', 'create_invoice', 'pause')),
      }),
    }),
  ),
};

/** When a new subscription is billed, and in which mode: of its creation and of a Checkout Session's `subscription_data`. */
export const anchorFields = {
  billing_cycle_anchor: optional(moment),
  billing_cycle_anchor_config: optional(
    shape({
      day_of_month: integer({ min: 1, max: 31 }),
      hour: optional(integer({ min: 0, max: 23 })),
      minute: optional(integer({ min: 0, max: 59 })),
      month: optional(integer({ min: 1, max: 12 })),
      second: optional(integer({ min: 0, max: 59 })),
    }),
  ),
  billing_mode: optional(
    shape({
      flexible: optional(shape({ proration_discounts: optional(oneOf('included', 'itemized')) })),
      type: oneOf('classic', 'flexible'),
    }),
  ),
};

const creationFields = {
  ...commonFields,
  backdate_start_date: optional(moment),
  ...anchorFields,
  cancel_at: optional(cancelAt),
  currency: optional(currency),
  customer: text,
  items: optional(list(newItemParams)),
  trial_period_days: optional(integer({ min: 0, max: 730 })),
};

export const creation = shape(creationFields);

/** Below `/customers/:id`, an older path, which names the customer. */
export const creationOfCustomer = shape({ ...creationFields, customer: optional(text) });

export type Creation = ValueOf<typeof creation>;

/** The items that a call asks for, those in older words included: `plan` and `quantity` of the only item, `single`. */
export function askedItems<T extends ItemParams>(
  { items, plan, quantity }: { items: T[] | undefined; plan: string | undefined; quantity: number | undefined },
  single?: string,
): T[] | undefined {
  if (plan === undefined && quantity === undefined) return items;
  if (items !== undefined) throw invalidRequest('You cannot pass `items` together with `plan` or `quantity`.');
  return [{ ...(single !== undefined && { id: single }), plan, quantity } as T];
}
