import type { History } from './history.js';
import type { Json } from './calls.js';

interface Invoice {
  id: string;
  status: string;
  billing_reason: string;
  total: number;
  amount_due: number;
  amount_paid: number;
  status_transitions: { finalized_at: number | null };
  lines: { data: Line[] };
}

interface Line {
  amount: number;
  description: string;
  period: { start: number; end: number };
  parent: { subscription_item_details: { proration: boolean; subscription_item: string } | null };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

const numbers = (objects: readonly Json[], field: string): number[] => objects.map((object) => Number(object[field]));

const invoicesOf = ({ objects }: History): Invoice[] => objects['/v1/invoices'] as unknown as Invoice[];

/** Money in equals invoices paid less refunds; what invoices came to and did not collect is in the customer's balance. */
export function expectBalancedBooks(history: History): void {
  const { objects, customer } = history;
  const invoices = invoicesOf(history);
  const charged = objects['/v1/charges'].filter(({ status }) => status === 'succeeded');
  const refunded = sum(numbers(objects['/v1/refunds'], 'amount'));
  const moneyIn = sum(numbers(charged, 'amount_captured')) - sum(numbers(charged, 'amount_refunded'));
  expect(moneyIn).toBe(sum(invoices.map(({ amount_paid: paid }) => paid)) - refunded);

  for (const { status, amount_due: due, amount_paid: paid } of invoices) {
    if (status === 'paid') expect(paid).toBe(due);
    else expect(paid).toBe(0);
  }
  const finalized = invoices.filter(({ status_transitions: at }) => at.finalized_at !== null);
  const credited = sum(finalized.map(({ total, amount_due: due }) => total - due));
  const given = objects.balance.filter(({ type }) => type === 'adjustment');
  expect(customer['balance']).toBe(credited + sum(numbers(given, 'amount')));
  expect(customer['balance']).toBe(sum(numbers(objects.balance, 'amount')));
}

/**
 * No period of an item is billed twice, and what is billed leaves no gap. A change that begins a new period at the very
 * moment at which one began bills that moment again, after it has credited it. A trial costs nothing: one that is ended in the
 * second in which it began leaves its line beside the paid period's.
 */
export function expectEachPeriodOnce(history: History): void {
  const billed = new Set<string>();
  for (const { id, billing_reason: reason, lines } of invoicesOf(history)) {
    for (const { description, period, parent } of lines.data) {
      const details = parent?.subscription_item_details;
      if (!details || details.proration || description.startsWith('Trial period')) continue;
      const what = `${details.subscription_item} from ${period.start}`;
      const again = billed.has(what) && reason !== 'subscription_update';
      expect({ id, reason, what, again }).toMatchObject({ again: false });
      billed.add(what);
    }
  }
  expectPeriodsToFollow(history);
}

interface Item {
  id: string;
  current_period_start: number;
  current_period_end: number;
}

/**
 * A period begins where the one before ended, or at the moment of the change that cut that one short: there is no gap
 * between the two and no time that is in both. After a pause the next one begins later.
 */
function expectPeriodsToFollow({ events }: History): void {
  const last = new Map<string, Item & { paused: boolean }>();
  for (const { type, created, data } of events) {
    if (!String(type).startsWith('customer.subscription.')) continue;
    const { object } = data as { object: Json & { items: { data: Item[] } } };
    const { items, canceled_at: canceledAt, status } = object;
    for (const item of items.data) {
      const { current_period_start: start, current_period_end: end, id } = item;
      const before = last.get(id);
      last.set(id, { ...item, paused: status === 'paused' });
      expect({
        type,
        created,
        canceledAt,
        status,
        before,
        item,
        orderly: start < end || status === 'paused',
      }).toMatchObject({
        orderly: true,
      });
      if (!before || before.current_period_start === start) continue;
      const follows =
        start === before.current_period_end ||
        (before.paused && start > before.current_period_end) ||
        (start > before.current_period_start && start < before.current_period_end);
      expect({ type, created, status, before, item, follows }).toMatchObject({ follows: true });
    }
  }
}
