import type { Debit } from '../../model/notes.js';
import type { Subscription } from '../../model/wire.js';
import { amountOf } from './amounts.js';
import type { Anchor } from './calendar.js';
import { netAmounts, type DiscountTerms } from './discounts.js';
import { anchorOf, recurrenceOf } from './periods.js';
import { creditsOf, prorate, type ProratedItem, type ProrationLine } from './proration.js';

type Mode = 'classic' | 'flexible';

/** The terms of a subscription's discounts, and of those of its items by the items' ids. */
export interface Terms {
  shared: readonly DiscountTerms[];
  ofItems: ReadonlyMap<string, readonly DiscountTerms[]>;
}

/**
 * Items as the proration sees them: what their whole periods cost with discounts taken off. An amount off is shared out
 * over all items in flexible billing; classic takes it off each item that it prorates (P12).
 */
export function proratedItems(subscription: Subscription, { shared, ofItems }: Terms): ProratedItem[] {
  const mode = modeOf(subscription);
  const { data } = subscription.items;
  const lines = data.map((item) => {
    const line = { amount: amountOf(item.price, item.quantity ?? 1), product: item.price.product, discountable: true };
    return { ...line, amount: netAmounts([line], ofItems.get(item.id) ?? [])[0] ?? line.amount };
  });
  const net = mode === 'classic' ? lines.map((line) => netAmounts([line], shared)[0] ?? 0) : netAmounts(lines, shared);
  return data.map((item, index) => ({
    id: item.id,
    recurrence: recurrenceOf(item.price),
    quantity: item.quantity ?? 1,
    price: item.price.id,
    amount: net[index] ?? 0,
    period: { start: item.current_period_start, end: item.current_period_end },
  }));
}

export const modeOf = ({ billing_mode: mode }: Subscription): Mode =>
  mode.type === 'classic' ? 'classic' : 'flexible';

export interface ChangedSubscription {
  before: Subscription;
  after: Subscription;
  termsBefore: Terms;
  termsAfter: Terms;
  debits: readonly Debit[];
  at: number;
}

/** Credits and debits for items that were added, removed, or have another price or quantity. */
export function linesOfChange({
  before,
  after,
  termsBefore,
  termsAfter,
  debits,
  at,
}: ChangedSubscription): ProrationLine[] {
  return prorate({
    at,
    mode: modeOf(before),
    anchor: anchorOf(before),
    before: proratedItems(before, termsBefore),
    after: proratedItems(after, termsAfter),
    debits,
  });
}

/** Credits for all the time that is left: a new anchor, a trial, an end now. */
export function creditsForAll(
  subscription: Subscription,
  terms: Terms,
  debits: readonly Debit[],
  at: number,
): ProrationLine[] {
  const anchor: Anchor = anchorOf(subscription);
  const mode = modeOf(subscription);
  return proratedItems(subscription, terms).flatMap((item) => creditsOf({ at, mode, anchor, debits }, item));
}

/** The debits that are left after these lines: what was credited is gone or shorter, and each debit line is a new one. */
export function debitsAfter(
  debits: readonly Debit[],
  lines: readonly ProrationLine[],
  now: number,
  invoiceItemOf: (line: ProrationLine) => string,
): Debit[] {
  const left = debits.map((debit) => {
    const credit = lines.find(({ credited }) => credited === debit);
    return credit ? { ...debit, amount: debit.amount + credit.amount, end: credit.period.start } : debit;
  });
  const made = lines
    .filter(({ amount }) => amount > 0)
    .map((line) => ({ item: line.item, amount: line.amount, ...line.period, invoiceItem: invoiceItemOf(line) }));
  return [...left, ...made].filter(({ start, end }) => end > now && end > start);
}

/** What all items cost for their whole periods, without discounts. */
export const totalOf = ({ items }: Subscription): number =>
  items.data.reduce((sum, { price, quantity = 1 }) => sum + amountOf(price, quantity), 0);
