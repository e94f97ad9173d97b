import { unixNow } from '../clock.js';
import { newId } from '../ids.js';
import type { Price } from '../wire.js';

interface Given {
  product: string;
  currency: string;
  /** Minor units. */
  unit_amount: number;
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

/** A price for one unit, once or again and again. */
export function newPrice(given: Given): Price {
  const { product, currency, unit_amount, recurring } = given;
  return {
    id: newId('price'),
    object: 'price',
    active: given.active ?? true,
    billing_scheme: 'per_unit',
    created: unixNow(),
    currency,
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
    tiers_mode: null,
    transform_quantity: null,
    type: recurring ? 'recurring' : 'one_time',
    unit_amount,
    unit_amount_decimal: String(unit_amount),
  };
}
