import { unixNow } from '../clock.js';
import { newId } from '../ids.js';
import type { Price } from '../wire.js';

/** A price may have twelve digits, though a payment only eight. */
export const LARGEST_UNIT_AMOUNT = 999_999_999_999;

interface Given {
  product: string;
  currency: string;
  amount: number;
  active?: boolean;
  lookupKey?: string | null;
  nickname?: string | null;
  metadata?: Record<string, string>;
}

/** A price for one unit, once. */
export function newPrice({ product, currency, amount, active, lookupKey, nickname, metadata }: Given): Price {
  return {
    id: newId('price'),
    object: 'price',
    active: active ?? true,
    billing_scheme: 'per_unit',
    created: unixNow(),
    currency,
    custom_unit_amount: null,
    livemode: false,
    lookup_key: lookupKey ?? null,
    metadata: metadata ?? {},
    nickname: nickname ?? null,
    product,
    recurring: null,
    tax_behavior: 'unspecified',
    tiers_mode: null,
    transform_quantity: null,
    type: 'one_time',
    unit_amount: amount,
    unit_amount_decimal: String(amount),
  };
}
