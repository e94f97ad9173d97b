import type { Customer, Invoice, PaymentIntent, Subscription, SubscriptionItem } from '../model/wire.js';
import type { Billing } from './billing.js';
import { collect, methodNamed, type Collected } from './collect.js';
import { HOUR_S } from './engine/calendar.js';
import { TRIAL_WARNING_S } from './engine/due.js';
import { anchorOf, periodFrom, recurrenceOf } from './engine/periods.js';
import { inOrder } from './event-order.js';
import { finalizeToPay } from './finalize.js';
import { settleWith } from './paid-already.js';
import { pendingSetupFor } from './pending-setup.js';
import { newItem, newSubscription, type NewItem } from './new-subscription.js';
import { nameInDiscounts } from './subscription-discounts.js';
import { draftFor, linesFor } from './subscription-invoice.js';
import {
  insertSubscription,
  loadSubscription,
  saveSubscription,
  withItems,
  type Loaded,
} from './subscription-store.js';

export type PaymentBehavior =
  'allow_incomplete' | 'default_incomplete' | 'error_if_incomplete' | 'pending_if_incomplete';

export interface Wanted {
  customer: Customer;
  currency: string;
  items: NewItem[];
  /** Unix seconds; undefined: now, or the end of the trial. */
  anchor: number | undefined;
  trialEnd: number | null;
  startDate: number | undefined;
  prorationBehavior: 'create_prorations' | 'always_invoice' | 'none';
  paymentBehavior: PaymentBehavior;
  billingMode: 'flexible' | 'classic';
  fields: Partial<Subscription>;
  /** Its first invoice is a draft for the draft hour, and collected like that of a renewal: what a schedule starts. */
  draftsFirst?: boolean;
  /** What the customer has paid already, or is paying, at Checkout. */
  paidBy?: PaymentIntent;
}

export interface Created {
  subscription: Subscription;
  /** How the first invoice was collected; undefined where nothing was tried. */
  collected?: Collected;
}

/** Thrown where a subscription is charged automatically and there is nothing to charge. */
export class NoPaymentMethodError extends Error {}

/**
 * Creates a subscription and its first invoice, which is finalized and collected at once
 * (SUBSCRIPTIONS.md 3, "First invoice" and "Trials"; events: 5, "API or CLI create").
 */
export function createSubscription(billing: Billing, wanted: Wanted): Promise<Created> {
  return inOrder(billing, 'create', async () => {
    await useCurrency(billing, wanted.customer, wanted.currency);
    const loaded = begin(billing, wanted);
    await insertSubscription(billing, loaded);
    await nameInDiscounts(billing.tx, loaded.subscription);
    const first = await firstInvoice(billing, loaded, wanted);
    const collected = first && (await collectFirst(billing, first, wanted));
    const made = await loadSubscription(billing, loaded.subscription.id);
    if (!made) throw new Error('A subscription is not there after its creation');
    const pending_setup_intent = await pendingSetupFor(billing, made.subscription);
    const end = { ...made, subscription: { ...made.subscription, pending_setup_intent } };
    if (pending_setup_intent !== null) await saveSubscription(billing, end);
    await billing.tx.events.record('customer.subscription.created', end.subscription);
    const warned = await warnOfShortTrial(billing, end);
    return { subscription: warned, ...(collected && { collected }) };
  });
}

/** The subscription with its first periods. */
function begin({ now }: Billing, wanted: Wanted): Loaded {
  const { trialEnd, startDate = now } = wanted;
  const start = Math.min(startDate, now);
  const bare = newSubscription({
    ...wanted,
    now,
    startDate: start,
    anchor: wanted.anchor ?? trialEnd ?? start,
    fields: {
      ...wanted.fields,
      trial_end: trialEnd,
      trial_start: trialEnd === null ? null : now,
      status: trialEnd === null ? 'active' : 'trialing',
    },
  });
  const items = wanted.items.map((item) => newItem(bare.id, item, now, firstPeriod(bare, item, start)));
  return { subscription: withItems(bare, items), notes: { debits: [] } };
}

const firstPeriod = (subscription: Subscription, { price }: NewItem, start: number) =>
  subscription.trial_end !== null
    ? { start, end: subscription.trial_end }
    : periodFrom(anchorOf(subscription), recurrenceOf(price), start, subscription.cancel_at).period;

/** The draft of the first invoice; undefined where the time up to a future anchor is free (`proration_behavior: none`). */
async function firstInvoice(billing: Billing, loaded: Loaded, wanted: Wanted): Promise<Invoice | undefined> {
  const { subscription } = loaded;
  const { now } = billing;
  const trial = subscription.trial_end !== null;
  if (!trial && wanted.prorationBehavior === 'none' && subscription.billing_cycle_anchor > now) return undefined;
  const billed = subscription.items.data.map((item) => ({ item, billed: billedPeriod(subscription, item, trial) }));
  const lines = await linesFor(billing, subscription, billed, { free: trial });
  // An invoice that is sent waits as a draft; one that is charged is final at once (D).
  const sent = subscription.collection_method === 'send_invoice' && !trial;
  const later = sent || (wanted.draftsFirst === true && !trial);
  const drafted = await draftFor(billing, loaded, {
    reason: 'subscription_create',
    lines,
    period: { start: now, end: now },
    finalizesAt: sent ? now + HOUR_S : later ? now + billing.settings.draft_minutes * 60 : null,
    autoAdvance: true,
  });
  const waits = !later && drafted.invoice.amount_due > 0;
  const status = waits ? 'incomplete' : subscription.status;
  await saveSubscription(billing, { ...drafted, subscription: { ...drafted.subscription, status } });
  return later ? undefined : drafted.invoice;
}

function billedPeriod(subscription: Subscription, item: SubscriptionItem, trial: boolean) {
  const period = { start: item.current_period_start, end: item.current_period_end };
  if (trial) return { period };
  return periodFrom(anchorOf(subscription), recurrenceOf(item.price), period.start, subscription.cancel_at);
}

async function collectFirst(
  billing: Billing,
  draft: Invoice,
  { paymentBehavior, customer, fields, paidBy }: Wanted,
): Promise<Collected | undefined> {
  if (paidBy) return settleWith(billing, draft, paidBy);
  const method = await methodNamed(
    billing,
    undefined,
    { default_source: null, default_payment_method: null, ...fields },
    customer,
  );
  if (billing.draftsOnly) return undefined;
  const due = draft.amount_due > 0;
  if (due && !method && paymentBehavior !== 'default_incomplete') throw new NoPaymentMethodError();
  const { invoice: open, payment: made } = await finalizeToPay(billing, draft);
  if (open.status !== 'open' || paymentBehavior === 'default_incomplete') return undefined;
  return collect(billing, open, { automatic: true, made });
}

/** Where a trial is shorter than the three days that its end is announced ahead, this comes at once (C2). */
async function warnOfShortTrial(billing: Billing, loaded: Loaded): Promise<Subscription> {
  const { subscription, notes } = loaded;
  const { trial_end: trialEnd } = subscription;
  if (trialEnd === null || trialEnd - billing.now > TRIAL_WARNING_S) return subscription;
  await billing.tx.events.record('customer.subscription.trial_will_end', subscription);
  await saveSubscription(billing, { subscription, notes: { ...notes, trialWillEndSentFor: trialEnd } });
  return subscription;
}

/** A customer is billed in one currency, that of the first invoice or subscription (T). */
export async function useCurrency({ tx }: Billing, before: Customer, currency: string): Promise<void> {
  if (before.currency === currency) return;
  const after = { ...(await tx.objects.get('customer', before.id)), currency };
  await tx.objects.save(after);
  await tx.events.record('customer.updated', after, before);
}
