import { COUPONS, PLANS, TAX_RATES, type Plan, type TaxRate } from './actions.js';
import type { Caller } from './calls.js';

/** What is sold: the ids of prices and tax rates by their names here; coupons have their names as ids. */
export interface Shop {
  price: (plan: Plan) => string;
  taxRate: (name: TaxRate) => string;
}

/** Makes the prices, coupons and tax rates on a server that has none. */
export async function openShop(caller: Caller): Promise<Shop> {
  const prices = new Map<string, string>();
  for (const [name, { unit_amount, interval, interval_count }] of Object.entries(PLANS)) {
    const price = await caller.made('/v1/prices', {
      currency: 'usd',
      unit_amount: String(unit_amount),
      'recurring[interval]': interval,
      'recurring[interval_count]': String(interval_count),
      'product_data[name]': name,
    });
    prices.set(name, String(price['id']));
  }
  for (const [id, terms] of Object.entries(COUPONS)) await caller.made('/v1/coupons', { id, ...terms });
  const rates = new Map<string, string>();
  for (const [name, terms] of Object.entries(TAX_RATES)) {
    const rate = await caller.made('/v1/tax_rates', { display_name: name, ...terms });
    rates.set(name, String(rate['id']));
  }
  return { price: (plan) => prices.get(plan) ?? '', taxRate: (name) => rates.get(name) ?? '' };
}
