/** Amounts in minor units, whole numbers only (SUBSCRIPTIONS.md 3, "Proration"). */

/** The part of an amount for some seconds of a whole, rounded to the nearest unit, half away from zero. */
export function share(amount: number, seconds: number, whole: number): number {
  if (whole <= 0 || amount === 0) return 0;
  const [parts, divisor] = [BigInt(Math.abs(amount)) * BigInt(seconds) * 2n, BigInt(whole)];
  const rounded = Number((parts + divisor) / (2n * divisor));
  return amount < 0 && rounded !== 0 ? -rounded : rounded;
}

/** A percentage of an amount, with up to four decimals, rounded half away from zero. */
export const percentOf = (amount: number, percent: number): number =>
  share(amount, Math.round(percent * 10_000), 1_000_000);

/** Shares an amount out in proportion, rounded down, the rest on the last (166 and 334 of 500 over 1000 and 2000). */
export function inProportion(amount: number, over: readonly number[]): number[] {
  const sum = over.reduce((total, each) => total + each, 0);
  if (sum <= 0) return over.map(() => 0);
  const parts = over.map((each) => Number((BigInt(amount) * BigInt(each)) / BigInt(sum)));
  const last = over.findLastIndex((each) => each > 0);
  return parts.map((part, index) =>
    index === last ? part + amount - parts.reduce((total, each) => total + each, 0) : part,
  );
}

/** What a quantity of a price costs for a whole period. */
export function amountOf(
  price: { unit_amount: number | null; unit_amount_decimal: string | null },
  quantity: number,
): number {
  if (price.unit_amount !== null) return price.unit_amount * quantity;
  return Math.round(Number(price.unit_amount_decimal ?? 0) * quantity);
}
