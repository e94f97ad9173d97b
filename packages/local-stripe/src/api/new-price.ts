import { unixNow } from '../model/clock.js';
import { newId } from '../model/ids.js';
import type { Price } from '../model/wire.js';
import type { Tiers } from './price-tiers.js';
import { currency, integer, oneOf, optional, record, shape } from '../conventions/params/index.js';
import { invalidRequest } from '../conventions/errors.js';

interface Given {
  product: string;
  currency: string;
  /** Minor units; null where it has tiers. */
  unit_amount: number | null;
  tiers?: Tiers | undefined;
  active?: boolean | undefined;
  lookup_key?: string | null | undefined;
  nickname?: string | null | undefined;
  metadata?: Record<string, string>;
  recurring?:
    | {
        interval: 'day' | 'week' | 'month' | 'year';
        interval_count?: number | undefined;
        trial_period_days?: number | undefined;
      }
    | undefined;
  tax_behavior?: 'exclusive' | 'inclusive' | 'unspecified' | undefined;
}

/** A new price, one-time or recurring. */
export function newPrice(given: Given): Price {
  const { product, unit_amount, recurring, tiers } = given;
  return {
    id: newId('price'),
    object: 'price',
    active: given.active ?? true,
    billing_scheme: tiers ? 'tiered' : 'per_unit',
    created: unixNow(),
    currency: given.currency,
    custom_unit_amount: null,
    livemode: false,
    lookup_key: given.lookup_key ?? null,
    metadata: given.metadata ?? {},
    nickname: given.nickname ?? null,
    product,
    recurring: recurring
      ? {
          interval: recurring.interval,
          interval_count: recurring.interval_count ?? 1,
          meter: null,
          trial_period_days: recurring.trial_period_days ?? null,
          usage_type: 'licensed',
        }
      : null,
    tax_behavior: given.tax_behavior ?? 'unspecified',
    ...(tiers && { tier_table: tiers.table }),
    tiers_mode: tiers?.mode ?? null,
    transform_quantity: null,
    type: recurring ? 'recurring' : 'one_time',
    unit_amount,
    unit_amount_decimal: unit_amount === null ? null : String(unit_amount),
  };
}

/** A price may have twelve digits, though a payment only eight. */
const LARGEST_UNIT_AMOUNT = 999_999_999_999;

const interval = oneOf('day', 'week', 'month', 'year');

/** The parameters of a price, for the price routes and for inline prices. */
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

/** `currency_options`: the same price in other currencies. */
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
