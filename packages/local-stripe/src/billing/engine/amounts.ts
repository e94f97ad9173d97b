import type { PriceTier } from '../../model/wire.js';

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

interface Priced {
  unit_amount: number | null;
  unit_amount_decimal: string | null;
  tiers_mode?: string | null;
  tier_table?: PriceTier[];
}

/** What a quantity of a price costs for a whole period. */
export function amountOf(price: Priced, quantity: number): number {
  if (price.tier_table) return tieredAmount(price.tier_table, price.tiers_mode === 'volume', quantity);
  if (price.unit_amount !== null) return price.unit_amount * quantity;
  return Math.round(Number(price.unit_amount_decimal ?? 0) * quantity);
}

/**
 * `volume`: all units cost what the tier of the last one says; otherwise (`graduated`) each unit costs what its own tier
 * says. A flat amount comes on top for each tier that is used, the first one also for a quantity of 0.
 */
function tieredAmount(tiers: readonly PriceTier[], volume: boolean, quantity: number): number {
  const within = ({ up_to: last }: PriceTier): boolean => last === null || quantity <= last;
  if (volume) return tierAmount(tiers.find(within), quantity);
  let [total, from] = [0, 0];
  for (const tier of tiers) {
    const units = Math.min(quantity, tier.up_to ?? Infinity) - from;
    if (units <= 0 && from > 0) break;
    total += tierAmount(tier, Math.max(0, units));
    from = tier.up_to ?? Infinity;
  }
  return total;
}

function tierAmount(tier: PriceTier | undefined, units: number): number {
  if (!tier) return 0;
  const flat = tier.flat_amount ?? Number(tier.flat_amount_decimal ?? 0);
  const unit = tier.unit_amount ?? Number(tier.unit_amount_decimal ?? 0);
  return Math.round(flat + unit * units);
}
