import type { Invoice, Subscription } from '../model/wire.js';
import type { Billing } from './billing.js';
import { collect, type Collected } from './collect.js';
import type { PaymentBehavior } from './create-subscription.js';
import { creditsForAll, linesOfChange, totalOf } from './engine/change.js';
import { inPeriod } from './engine/periods.js';
import type { ProrationLine } from './engine/proration.js';
import { inOrder } from './event-order.js';
import { finalize } from './finalize.js';
import { addProrations } from './proration-items.js';
import { renewItems } from './renew.js';
import { draftFor, linesFor } from './subscription-invoice.js';
import { loadSubscription, saveSubscription, withItems, type Loaded } from './subscription-store.js';
import { termsOf } from './subscription-terms.js';
import { waitForPayment } from './wait-for-payment.js';

export interface SubscriptionChange {
  /** The subscription with its new fields and items; the periods of its items are as they were, or those of new items. */
  after: Subscription;
  /** When it counts from: `proration_date`, or now. */
  at: number;
  /** Whether a period begins now for all items: a new anchor, or a trial that ends. */
  restarts: boolean;
  prorationBehavior: 'create_prorations' | 'always_invoice' | 'none';
  paymentBehavior: PaymentBehavior;
}

export interface Updated {
  subscription: Subscription;
  collected?: Collected;
}

/** Changes a subscription, with the prorations and the invoice that follow (SUBSCRIPTIONS.md 3, "Proration"). */
export function updateSubscription(billing: Billing, loaded: Loaded, change: SubscriptionChange): Promise<Updated> {
  return inOrder(billing, 'update', async () => {
    const { subscription: before, notes } = loaded;
    const lines = await prorationLines(billing, loaded, change);
    const restarted = change.restarts ? renewItems(restart(change.after, billing.now), billing.now) : undefined;
    const after = restarted ? withItems(change.after, restarted.items) : change.after;
    const prorated = await addProrations(billing, { subscription: after, notes }, lines, [
      ...before.items.data,
      ...after.items.data,
    ]);
    if (!billsNow(change, before, after, lines)) {
      await saveSubscription(billing, prorated, before);
      return { subscription: after };
    }
    const drafted = await draftFor(billing, prorated, {
      reason: 'subscription_update',
      lines: await linesFor(billing, after, restarted?.billed ?? []),
      period: { start: change.at, end: billing.now },
      finalizesAt: null,
    });
    return charge(billing, loaded, drafted, change.paymentBehavior);
  });
}

/** Items whose periods all end now. */
const restart = (subscription: Subscription, now: number): Subscription =>
  withItems(
    subscription,
    subscription.items.data.map((item) => inPeriod(item, { start: item.current_period_start, end: now })),
  );

async function prorationLines(billing: Billing, loaded: Loaded, change: SubscriptionChange): Promise<ProrationLine[]> {
  const { subscription: before, notes } = loaded;
  const { after, at, restarts, prorationBehavior } = change;
  // A trial and a pause have nothing to prorate (SUBSCRIPTIONS.md 3).
  if (prorationBehavior === 'none' || before.status === 'trialing' || before.status === 'paused') return [];
  const termsBefore = await termsOf(billing, before);
  if (restarts || after.status === 'trialing') return creditsForAll(before, termsBefore, notes.debits, at);
  const termsAfter = await termsOf(billing, after);
  return linesOfChange({ before, after, termsBefore, termsAfter, debits: notes.debits, at });
}

/** Free to paid is charged at once, whatever the behavior (D). */
function billsNow(
  { restarts, prorationBehavior }: SubscriptionChange,
  before: Subscription,
  after: Subscription,
  lines: readonly ProrationLine[],
): boolean {
  if (restarts) return true;
  if (lines.length === 0) return false;
  return prorationBehavior === 'always_invoice' || (totalOf(before) === 0 && totalOf(after) > 0);
}

async function charge(
  billing: Billing,
  { subscription: before, notes }: Loaded,
  drafted: Loaded & { invoice: Invoice },
  behavior: PaymentBehavior,
): Promise<Updated> {
  const { subscription: after } = drafted;
  if (billing.draftsOnly) return { subscription: after };
  if (behavior === 'pending_if_incomplete') {
    return waitForPayment(billing, { subscription: before, notes }, drafted, (invoice) =>
      collect(billing, invoice, { automatic: true }),
    );
  }
  await saveSubscription(billing, drafted, before);
  const open = await finalize(billing, drafted.invoice);
  if (open.status !== 'open' || after.collection_method === 'send_invoice') return reread(billing, after);
  if (behavior === 'default_incomplete') {
    const waiting: Loaded = { ...drafted, subscription: { ...after, status: 'past_due' } };
    await saveSubscription(billing, waiting, after);
    return { subscription: waiting.subscription };
  }
  const collected = await collect(billing, open, { automatic: true });
  return { ...(await reread(billing, after)), collected };
}

async function reread(billing: Billing, { id }: Subscription): Promise<Updated> {
  const loaded = await loadSubscription(billing, id);
  if (!loaded) throw new Error(`The subscription ${id} is gone`);
  return { subscription: loaded.subscription };
}
