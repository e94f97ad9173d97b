import type { Subscription } from '../model/wire.js';
import type { Billing } from './billing.js';
import type { DiscountTerms } from './engine/discounts.js';
import type { Terms } from './engine/change.js';
import { discountTerms } from './terms.js';

/** The terms of all discounts of a subscription and its items. */
export async function termsOf({ tx, now }: Billing, { discounts, items, currency }: Subscription): Promise<Terms> {
  const ofItems = new Map<string, DiscountTerms[]>();
  for (const item of items.data) {
    if (item.discounts.length > 0) ofItems.set(item.id, await discountTerms(tx, item.discounts, currency, now));
  }
  return { shared: await discountTerms(tx, discounts, currency, now), ofItems };
}
