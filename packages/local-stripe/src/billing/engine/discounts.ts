import { inProportion, percentOf } from './amounts.js';

/** A discount as the engine sees it. */
export interface DiscountTerms {
  /** Id of the Discount. */
  id: string;
  percentOff: number | null;
  /** Minor units, in the currency of the invoice. */
  amountOff: number | null;
  /** Products that it applies to; undefined: all. */
  products?: string[];
}

export interface Discountable {
  /** What is left after earlier discounts. */
  amount: number;
  product: string;
  discountable: boolean;
}

/** What each discount takes off each line: `[discount][line]`. They are applied one after the other. */
export function discountAmounts(lines: readonly Discountable[], discounts: readonly DiscountTerms[]): number[][] {
  const left = lines.map(({ amount, discountable }) => (discountable ? Math.max(0, amount) : 0));
  return discounts.map(({ percentOff, amountOff, products }) => {
    const open = left.map((amount, index) => (applies(products, lines[index]) ? amount : 0));
    const total = open.reduce((sum, amount) => sum + amount, 0);
    const taken =
      percentOff === null
        ? inProportion(Math.min(amountOff ?? 0, total), open)
        : open.map((each) => percentOf(each, percentOff));
    taken.forEach((amount, index) => (left[index] = (left[index] ?? 0) - amount));
    return taken;
  });
}

const applies = (products: string[] | undefined, line: Discountable | undefined): boolean =>
  products === undefined || (line !== undefined && products.includes(line.product));

/** The amounts of items with their discounts taken off, for prorations. */
export function netAmounts(lines: readonly Discountable[], discounts: readonly DiscountTerms[]): number[] {
  const taken = discountAmounts(lines, discounts);
  return lines.map(({ amount }, index) => taken.reduce((left, each) => left - (each[index] ?? 0), amount));
}
