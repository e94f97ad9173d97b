import type { Subscription } from '../model/wire.js';
import type { Billing } from './billing.js';
import { collect } from './collect.js';
import { creditsForAll } from './engine/change.js';
import { PAYMENT_WINDOW_S, periodOf } from './engine/due.js';
import { inPeriod } from './engine/periods.js';
import { inOrder } from './event-order.js';
import { finalize } from './finalize.js';
import { pausedBecause } from './pause-collection.js';
import { addProrations } from './proration-items.js';
import { renewItems } from './renew.js';
import { resumeAfterPayment } from './resume-paused.js';
import { draftFor, linesFor } from './subscription-invoice.js';
import { loadSubscription, saveSubscription, withItems, type Loaded } from './subscription-store.js';
import { termsOf } from './subscription-terms.js';
import { advance } from './invoice-timer.js';

export interface Pause {
  unusedTimeFrom: 'now' | 'none' | 'item_current_period_start';
  invoicing: 'invoice' | 'pending_invoice_item';
  /** When it resumes by itself, in Unix seconds. Defaults to never. */
  resumesAt?: number;
}

/** Pauses a subscription: its period ends now, the time that is left is credited (SUBSCRIPTIONS.md 3, "Pause"). */
export function pauseSubscription(
  billing: Billing,
  loaded: Loaded,
  { unusedTimeFrom, invoicing, resumesAt }: Pause,
): Promise<Subscription> {
  return inOrder(billing, 'asMade', async () => {
    const { subscription: before, notes } = loaded;
    const { now } = billing;
    const from = unusedTimeFrom === 'now' ? now : periodOf(before).start;
    const lines =
      unusedTimeFrom === 'none' ? [] : creditsForAll(before, await termsOf(billing, before), notes.debits, from);
    const credited = await addProrations(billing, loaded, lines, before.items.data);
    const paused: Subscription = {
      ...endingAt(before, now),
      status: 'paused',
      status_details: pausedBecause('pause_requested', now),
    };
    let state: Loaded = {
      subscription: paused,
      notes: { ...credited.notes, debits: [], ...(resumesAt !== undefined && { resumesAt }) },
    };
    if (invoicing === 'invoice' && lines.length > 0) {
      const { invoice, ...billed } = await draftFor(billing, state, {
        reason: 'subscription_update',
        lines: [],
        period: { start: periodOf(before).start, end: now },
        finalizesAt: null,
      });
      state = billed;
      await advance(billing, invoice);
    }
    await saveSubscription(billing, state);
    await billing.tx.events.record('customer.subscription.paused', state.subscription);
    await billing.tx.events.record('customer.subscription.updated', state.subscription, before);
    return state.subscription;
  });
}

const endingAt = (subscription: Subscription, now: number): Subscription =>
  withItems(
    subscription,
    subscription.items.data.map((item) => inPeriod(item, { start: item.current_period_start, end: now })),
  );

export interface Resumption {
  anchor: 'now' | 'unchanged';
  payment: 'resume_on_payment_attempt' | 'resume_on_payment_success';
  free: boolean;
}

/**
 * Resumes a paused subscription: a period begins now, and its invoice is final at once. With an attempt it runs again
 * whatever the attempt's outcome (which is an inference: SUBSCRIPTIONS.md 9), otherwise once the invoice is paid, for
 * which it waits 23 hours.
 */
export function resumeSubscription(
  billing: Billing,
  loaded: Loaded,
  { anchor, payment, free }: Resumption,
): Promise<Subscription> {
  return inOrder(billing, 'asMade', async () => {
    const { now } = billing;
    const { subscription: before } = loaded;
    const { resumesAt: _past, ...notes } = loaded.notes;
    const anchored: Subscription = {
      ...endingAt(before, now),
      ...(anchor === 'now' && { billing_cycle_anchor: now, billing_cycle_anchor_config: null }),
    };
    const { items, billed } = renewItems(anchored, now);
    const drafted = await draftFor(billing, loaded, {
      reason: 'subscription_update',
      lines: await linesFor(billing, before, free ? [] : billed),
      period: { start: now, end: now },
      finalizesAt: null,
    });
    const { invoice, subscription } = drafted;
    const fields: Partial<Subscription> = {
      billing_cycle_anchor: anchored.billing_cycle_anchor,
      billing_cycle_anchor_config: anchored.billing_cycle_anchor_config,
      items: withItems(anchored, items).items,
    };
    const resuming = { invoice: invoice.id, expiresAt: now + PAYMENT_WINDOW_S, fields };
    const waiting: Loaded = { subscription, notes: { ...notes, debits: drafted.notes.debits, resuming } };
    await saveSubscription(billing, waiting);
    const open = await finalize(billing, invoice);
    if (open.status === 'paid') return resumeAfterPayment(billing, waiting);
    if (payment === 'resume_on_payment_attempt') await collect(billing, open, { automatic: true });
    const after = await loadSubscription(billing, before.id);
    if (!after) throw new Error(`The subscription ${before.id} is gone`);
    const failed = payment === 'resume_on_payment_attempt' && after.subscription.status === 'paused';
    return failed ? resumeAfterPayment(billing, after, 'past_due') : after.subscription;
  });
}
