import type { Debit } from '../../model/notes.js';
import { share } from './amounts.js';
import { periodAt, type Anchor, type Period, type Recurrence } from './calendar.js';

/**
 * Proration by the second (SUBSCRIPTIONS.md 3 and its cases P1 to P16): for each item that changes a credit for the time
 * that is left and a debit for the same time, each rounded alone.
 */

/** An item as it is before or after a change. */
export interface ProratedItem {
  id: string;
  recurrence: Recurrence;
  quantity: number;
  price: string;
  /** What the whole period costs, its discounts taken off. */
  amount: number;
  /** What it is in, up to where it is paid. */
  period: Period;
}

export interface ProrationLine {
  item: string;
  price: string;
  quantity: number;
  /** Negative: a credit. */
  amount: number;
  period: Period;
  /** The debit that a credit gives back. */
  credited?: Debit;
}

export interface Change {
  /** When it takes effect. */
  at: number;
  mode: 'classic' | 'flexible';
  anchor: Anchor;
  before: readonly ProratedItem[];
  after: readonly ProratedItem[];
  /** Debits of the subscription that are not credited yet. */
  debits: readonly Debit[];
}

/** Credits and debits of all items that differ, item by item. */
export function prorate(change: Change): ProrationLine[] {
  const { before, after } = change;
  const ids = [...new Set([...before, ...after].map(({ id }) => id))];
  return ids.flatMap((id) => {
    const [was, is] = [before, after].map((items) => items.find((item) => item.id === id));
    if (was && is && same(was, is)) return linesOfEnd(change, was, is);
    return [...(was ? creditsOf(change, was) : []), ...(is ? debitOf(change, is) : [])];
  });
}

const same = (a: ProratedItem, b: ProratedItem): boolean => a.price === b.price && a.quantity === b.quantity;

/** An item that only ends sooner or later than before (`cancel_at`): the difference is credited or debited. */
function linesOfEnd(change: Change, was: ProratedItem, is: ProratedItem): ProrationLine[] {
  if (is.period.end === was.period.end) return [];
  if (is.period.end < was.period.end) return creditsOf({ ...change, at: is.period.end }, was);
  return debitOf({ ...change, at: was.period.end }, is);
}

/**
 * What is given back for the time of an item that is left. Flexible: of each debit that reaches beyond the change;
 * classic: of the present price.
 */
export function creditsOf(
  { at, mode, anchor, debits }: Omit<Change, 'before' | 'after'>,
  item: ProratedItem,
): ProrationLine[] {
  const { id, price, quantity, period } = item;
  const line = { item: id, price, quantity, period: { start: at, end: period.end } };
  if (mode === 'classic') {
    const amount = -share(item.amount, period.end - at, wholeSeconds(anchor, item.recurrence, at));
    // What was billed for the time is named, though it does not count (recorded: sub-199).
    const credited = debits.findLast((debit) => debit.item === id && debit.start <= at && debit.end > at);
    return amount === 0 ? [] : [{ ...line, amount, ...(credited && { credited }) }];
  }
  return debits
    .filter((debit) => debit.item === id && debit.end > at && debit.amount > 0)
    .map((debit) => {
      const start = Math.max(at, debit.start);
      const amount = -share(debit.amount, debit.end - start, debit.end - debit.start);
      return { ...line, period: { start, end: debit.end }, amount, credited: debit };
    })
    .filter(({ amount }) => amount !== 0);
}

function debitOf(
  { at, anchor }: Change,
  { id, price, quantity, amount, period, recurrence }: ProratedItem,
): ProrationLine[] {
  const seconds = period.end - at;
  if (amount === 0 || seconds <= 0) return [];
  const part = share(amount, seconds, wholeSeconds(anchor, recurrence, Math.min(at, period.end - 1)));
  return [{ item: id, price, quantity, amount: part, period: { start: at, end: period.end } }];
}

/**
 * Seconds of the whole period of a price that a moment is in: also where the first period is shorter, since the anchor
 * lies ahead (P9; this denominator is an inference of SUBSCRIPTIONS.md), or the last, since the subscription ends.
 */
export function wholeSeconds(anchor: Anchor, recurrence: Recurrence, at: number): number {
  const { start, end } = periodAt(anchor, recurrence, at);
  return end - start;
}
