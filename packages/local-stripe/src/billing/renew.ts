import type { Invoice, Subscription, SubscriptionItem } from '../model/wire.js';
import type { Billing } from './billing.js';
import { methodNamed } from './collect.js';
import { anchorOf, inPeriod, periodFrom, recurrenceOf, type BilledPeriod } from './engine/periods.js';
import { endSubscription } from './end-subscription.js';
import { inOrder } from './event-order.js';
import { type Bill, customerOf, draftFor, linesFor, planDraft } from './subscription-invoice.js';
import { saveSubscription, withItems, type Loaded } from './subscription-store.js';
import { pausedBecause, withholdCollection } from './pause-collection.js';

interface Renewed {
  items: SubscriptionItem[];
  billed: Array<{ item: SubscriptionItem; billed: BilledPeriod }>;
}

/** The items whose period has ended, in their next one; the others stay as they are. */
export function renewItems(subscription: Subscription, now: number): Renewed {
  const billed: Renewed['billed'] = [];
  const items = subscription.items.data.map((item) => {
    if (item.current_period_end > now) return item;
    const next = periodFrom(anchorOf(subscription), recurrenceOf(item.price), now, subscription.cancel_at);
    const renewed = inPeriod(item, next.period);
    billed.push({ item: renewed, billed: next });
    return renewed;
  });
  return { items, billed };
}

/** When the draft of a renewal is finalized by itself (D: about an hour later); null: never, as where it is unpaid. */
export const finalizesAt = ({ settings, now }: Billing, { status }: Subscription): number | null =>
  status === 'unpaid' ? null : now + settings.draft_minutes * 60;

/** What the renewal of a subscription bills, and the subscription with its items in their next period. */
async function renewalOf(billing: Billing, before: Subscription): Promise<{ renewed: Subscription; bill: Bill }> {
  const ended = before.items.data.filter((item) => item.current_period_end <= billing.now);
  const { items, billed } = renewItems(before, billing.now);
  const draftAt = finalizesAt(billing, before);
  return {
    renewed: withItems(before, items),
    bill: {
      reason: 'subscription_cycle',
      lines: await linesFor(billing, before, billed),
      period: {
        start: Math.min(...ended.map((item) => item.current_period_start)),
        end: billing.now,
      },
      finalizesAt: draftAt,
      autoAdvance: draftAt !== null,
    },
  };
}

/** The invoice of a renewal. Nothing is stored. */
export async function planRenewal(billing: Billing, { subscription }: Loaded): Promise<Invoice> {
  const { renewed, bill } = await renewalOf(billing, subscription);
  return (await planDraft(billing, renewed, bill)).invoice;
}

/**
 * A period ends: its items get their next period at once, and the invoice is a draft first
 * (SUBSCRIPTIONS.md 3, "Renewal"; events: 5).
 */
export function renew(billing: Billing, loaded: Loaded): Promise<Invoice> {
  return inOrder(billing, 'asMade', async () => {
    const { subscription: before, notes } = loaded;
    const { renewed, bill } = await renewalOf(billing, before);
    const drafted = await draftFor(billing, { subscription: renewed, notes }, bill);
    await saveSubscription(billing, drafted, before);
    return withholdCollection(billing, drafted.subscription, drafted.invoice);
  });
}

/**
 * A trial ends: the subscription is active at once, its invoice a draft like that of a renewal. Without a payment method
 * `trial_settings` decides (SUBSCRIPTIONS.md 3, "Trials"; cases C1 and C3).
 */
export function endTrial(
  billing: Billing,
  loaded: Loaded,
  { before = loaded.subscription, atOnce = false } = {},
): Promise<Subscription> {
  return inOrder(billing, 'trialEnd', async () => {
    const { subscription, notes } = loaded;
    const missing = await missesMethod(billing, subscription);
    const behavior = subscription.trial_settings?.end_behavior.missing_payment_method;
    if (missing && behavior === 'cancel') return endSubscription(billing, loaded, { reason: null });
    if (missing && behavior === 'pause') return pauseAfterTrial(billing, loaded, before);

    const active: Subscription = { ...endingNow(subscription, billing.now), status: 'active' };
    const { items, billed } = renewItems(active, billing.now);
    const drafted = await draftFor(
      billing,
      { subscription: withItems(active, items), notes },
      {
        reason: 'subscription_cycle',
        lines: await linesFor(billing, active, billed),
        period: { start: before.trial_start ?? billing.now, end: billing.now },
        finalizesAt: atOnce ? null : finalizesAt(billing, active),
      },
    );
    await saveSubscription(billing, drafted, before);
    await withholdCollection(billing, drafted.subscription, drafted.invoice);
    return drafted.subscription;
  });
}

/** All items end with the trial. */
const endingNow = (subscription: Subscription, now: number): Subscription =>
  withItems(
    subscription,
    subscription.items.data.map((item) => inPeriod(item, { start: item.current_period_start, end: now })),
  );

async function missesMethod(billing: Billing, subscription: Subscription): Promise<boolean> {
  if (subscription.collection_method === 'send_invoice') return false;
  const customer = await customerOf(billing, subscription);
  return (await methodNamed(billing, undefined, subscription, customer)) === undefined;
}

async function pauseAfterTrial(
  billing: Billing,
  { subscription, notes }: Loaded,
  before: Subscription,
): Promise<Subscription> {
  const paused: Subscription = {
    ...endingNow(subscription, billing.now),
    status: 'paused',
    status_details: pausedBecause('trial_end_without_payment_method', billing.now),
  };
  await saveSubscription(billing, { subscription: paused, notes });
  await billing.tx.events.record('customer.subscription.paused', paused);
  await billing.tx.events.record('customer.subscription.updated', paused, before);
  return paused;
}
