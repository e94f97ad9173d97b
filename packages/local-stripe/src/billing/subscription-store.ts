import type { SubscriptionNotes } from '../model/notes.js';
import type { EventType, Subscription, SubscriptionItem } from '../model/wire.js';
import type { Billing } from './billing.js';
import { dueOf } from './engine/due.js';
import { reviewEntitlements } from './entitlements.js';

/** A subscription and what the API does not show of it. */
export interface Loaded {
  subscription: Subscription;
  notes: SubscriptionNotes;
}

export async function loadSubscription({ tx }: Pick<Billing, 'tx'>, id: string): Promise<Loaded | undefined> {
  const found = await tx.objects.findNoted('subscription', id);
  return found && { subscription: found.object, notes: found.notes };
}

export async function insertSubscription(billing: Billing, { subscription, notes }: Loaded): Promise<void> {
  await billing.tx.objects.insert(subscription);
  await insertItems(billing, subscription.items.data);
  await save(billing, { subscription, notes });
}

/** Saves a subscription and sets its timer. `before`: the one before the change, for `customer.subscription.updated`. */
export async function saveSubscription(billing: Billing, loaded: Loaded, before?: Subscription): Promise<void> {
  const { subscription } = loaded;
  if (before) await syncItems(billing, before.items.data, subscription.items.data);
  await save(billing, loaded);
  if (before) await billing.tx.events.record('customer.subscription.updated', subscription, before);
  await reviewEntitlements(billing.tx, subscription);
}

/** Saves, and records another event than `updated`. */
export async function saveWithEvent(billing: Billing, loaded: Loaded, type: EventType): Promise<void> {
  await save(billing, loaded);
  await billing.tx.events.record(type, loaded.subscription);
  await reviewEntitlements(billing.tx, loaded.subscription);
}

async function save(billing: Billing, loaded: Loaded): Promise<void> {
  await billing.tx.objects.saveNoted(loaded.subscription, loaded.notes);
  await setSubscriptionTimer(billing, loaded);
}

/** Sets the timer for what is due next. */
export async function setSubscriptionTimer({ tx, settings }: Billing, { subscription, notes }: Loaded): Promise<void> {
  const [next] = dueOf(subscription, notes, { upcomingDays: settings.upcoming_days });
  await tx.timers.setFor(
    'subscription_due',
    subscription.id,
    next && next.at * 1000,
    String(subscription.test_clock ?? ''),
  );
}

/** Items are stored inside of their subscription; a row of their own only says which one that is. */
async function insertItems({ tx }: Billing, items: readonly SubscriptionItem[]): Promise<void> {
  for (const { id, object, created, subscription } of items) {
    await tx.objects.insert({ id, object, created, subscription } as SubscriptionItem);
  }
}

const missing = (of: readonly SubscriptionItem[], inside: readonly SubscriptionItem[]): SubscriptionItem[] =>
  of.filter(({ id }) => !inside.some((other) => other.id === id));

async function syncItems(
  billing: Billing,
  before: readonly SubscriptionItem[],
  after: readonly SubscriptionItem[],
): Promise<void> {
  await insertItems(billing, missing(after, before));
  for (const { id } of missing(before, after)) await billing.tx.objects.remove(id);
}

/** The subscription with these items, and the `plan` and `quantity` of a single one. */
export function withItems(subscription: Subscription, items: SubscriptionItem[]): Subscription {
  const { quantity: _quantity, ...rest } = subscription;
  const [single] = items.length === 1 ? items : [];
  return {
    ...rest,
    items: { ...subscription.items, data: items, total_count: items.length },
    plan: single?.plan ?? null,
    ...(single?.quantity !== undefined && { quantity: single.quantity }),
  };
}
