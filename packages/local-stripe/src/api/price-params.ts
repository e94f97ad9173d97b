import { currency, integer, oneOf, optional, record, shape } from '../manners/params/index.js';
import { invalidRequest } from '../manners/refusals.js';

/** A price may have twelve digits, though a payment only eight. */
const LARGEST_UNIT_AMOUNT = 999_999_999_999;

const interval = oneOf('day', 'week', 'month', 'year');

/** What a price says of itself, wherever it is made. */
export const priceFields = {
  currency,
  recurring: optional(
    shape({
      interval,
      interval_count: optional(integer({ min: 1, max: 1095 })),
      trial_period_days: optional(integer({ min: 1, max: 730 })),
      usage_type: optional(oneOf('licensed')),
    }),
  ),
  tax_behavior: optional(oneOf('exclusive', 'inclusive', 'unspecified')),
  unit_amount: integer({ min: 0, max: LARGEST_UNIT_AMOUNT }),
};

/** The same price in other currencies. */
export const currencyOptions = optional(
  record(
    (code, param) => {
      if (currency(code, param) !== code) throw invalidRequest(`Invalid currency: ${code}`, param);
    },
    shape({ tax_behavior: priceFields.tax_behavior, unit_amount: priceFields.unit_amount }),
  ),
);

export const recurringFilter = optional(
  shape({ interval: optional(interval), usage_type: optional(oneOf('licensed', 'metered')) }),
);
