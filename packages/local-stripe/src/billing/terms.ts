import type { Tx } from '../state/store.js';
import type { Coupon } from '../model/wire.js';
import type { DiscountTerms } from './engine/discounts.js';
import type { TaxTerms } from './engine/totals.js';

/** The terms of discounts, by their ids, in the currency of the invoice. One that has ended takes nothing off. */
export async function discountTerms(
  tx: Tx,
  ids: readonly string[],
  currency: string,
  at: number,
): Promise<DiscountTerms[]> {
  const terms: DiscountTerms[] = [];
  for (const id of ids) {
    const { end } = await tx.objects.get('discount', id);
    if (end !== null && end <= at) continue;
    const { coupon } = await tx.objects.notes('discount', id);
    terms.push(termsOfCoupon(id, coupon, currency));
  }
  return terms;
}

export function termsOfCoupon(id: string, coupon: Coupon, currency: string): DiscountTerms {
  const { percent_off: percentOff, amount_off, currency_options: options, applies_to: only } = coupon;
  const amountOff = coupon.currency === currency ? amount_off : (options?.[currency]?.amount_off ?? null);
  return { id, percentOff, amountOff, ...(only && { products: only.products }) };
}

export async function taxTerms(tx: Tx, ids: readonly string[]): Promise<TaxTerms[]> {
  const terms: TaxTerms[] = [];
  for (const id of ids) {
    const { percentage, inclusive } = await tx.objects.get('tax_rate', id);
    terms.push({ id, percentage, inclusive });
  }
  return terms;
}
