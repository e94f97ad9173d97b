import type { Billing } from '../billing/billing.js';
import { periodFrom, anchorOf, recurrenceOf } from '../billing/engine/periods.js';
import { approximateSeconds, periodAt } from '../billing/engine/calendar.js';
import { newItem } from '../billing/new-subscription.js';
import { planOf } from '../billing/plan-of.js';
import { changeMetadata } from '../conventions/params/index.js';
import { invalidRequest, noSuch } from '../conventions/errors.js';
import type { Subscription, SubscriptionItem } from '../model/wire.js';
import { discountsFor } from './discounts-for.js';
import { mustDiffer, newItemFor, priceFor, taxRatesFor } from './subscription-items-for.js';
import type { ChangedItemParams } from './subscription-params.js';

export interface ChangedItems {
  items: SubscriptionItem[];
  /** Whether an item has another interval than before. */
  intervalChanged: boolean;
}

/**
 * The items of a subscription after an update: one without an id is added, and a new price sets the quantity to 1 unless
 * it is given again (SUBSCRIPTIONS.md 1). Throws ApiError 400.
 */
export async function changedItems(
  billing: Billing,
  subscription: Subscription,
  asked: ChangedItemParams[] | undefined,
  at: number,
): Promise<ChangedItems> {
  let items = subscription.items.data;
  let intervalChanged = false;
  for (const [index, each] of (asked ?? []).entries()) {
    const param = `items[${index}]`;
    if (each.id === undefined) {
      items = [...items, await addedItem(billing, subscription, each, param, at)];
      continue;
    }
    const before = items.find((item) => item.id === each.id);
    if (!before) throw noSuch('subscription_item', each.id, `${param}[id]`);
    if (each.clear_usage === true) mustNotClear(subscription, param);
    if (each.deleted === true) items = items.filter((item) => item.id !== each.id);
    else {
      const after = await changedItem(billing, subscription, before, each, param, at);
      intervalChanged ||= !sameInterval(before, after);
      items = items.map((item) => (item.id === each.id ? after : item));
    }
  }
  if (items.length === 0) {
    throw invalidRequest(
      'A subscription must have at least one active plan. You may cancel the subscription to remove all items.',
      'items',
    );
  }
  mustDiffer(items);
  const other = items.find(({ price }) => price.currency !== subscription.currency);
  if (other)
    throw invalidRequest(`The price's currency (${other.price.currency}) must be ${subscription.currency}.`, 'items');
  return { items, intervalChanged };
}

const sameInterval = (a: SubscriptionItem, b: SubscriptionItem): boolean =>
  approximateSeconds(recurrenceOf(a.price)) === approximateSeconds(recurrenceOf(b.price));

function mustNotClear({ billing_mode: mode }: Subscription, param: string): void {
  if (mode.type === 'flexible') {
    throw invalidRequest(
      '`clear_usage` is not supported for subscriptions with flexible billing.',
      `${param}[clear_usage]`,
    );
  }
}

async function addedItem(
  billing: Billing,
  subscription: Subscription,
  asked: ChangedItemParams,
  param: string,
  at: number,
): Promise<SubscriptionItem> {
  const { tx, now } = billing;
  const given = await newItemFor(tx, asked, param, String(subscription.customer), now);
  const trialing = subscription.status === 'trialing' && subscription.trial_end !== null;
  const { period } = periodFrom(anchorOf(subscription), recurrenceOf(given.price), at, subscription.cancel_at);
  return newItem(subscription.id, given, now, trialing ? { start: now, end: Number(subscription.trial_end) } : period);
}

async function changedItem(
  { tx, now }: Billing,
  subscription: Subscription,
  before: SubscriptionItem,
  asked: ChangedItemParams,
  param: string,
  at: number,
): Promise<SubscriptionItem> {
  const named = asked.price !== undefined || asked.plan !== undefined || asked.price_data !== undefined;
  const price = named ? await priceFor(tx, asked, param) : before.price;
  const kept = price.id === before.price.id ? before.quantity : 1;
  const after: SubscriptionItem = {
    ...before,
    metadata: changeMetadata(before.metadata, asked.metadata),
    plan: planOf(price),
    price,
    quantity: asked.quantity ?? kept ?? 1,
    ...(asked.tax_rates !== undefined && { tax_rates: await taxRatesFor(tx, asked.tax_rates, `${param}[tax_rates]`) }),
    ...(asked.discounts !== undefined && {
      discounts: await discountsFor(tx, asked.discounts, {
        customer: String(subscription.customer),
        param: `${param}[discounts]`,
        now,
        subscription: subscription.id,
        subscriptionItem: before.id,
      }),
    }),
  };
  if (sameInterval(before, after) || subscription.status === 'trialing') return after;
  // Another interval runs from the same anchor (flexible; classic begins anew).
  const { start, end } = periodAt(anchorOf(subscription), recurrenceOf(price), at);
  return { ...after, current_period_start: Math.max(start, before.current_period_start), current_period_end: end };
}
