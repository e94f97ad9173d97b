import type { Invoice, PendingUpdate, Subscription } from '../model/wire.js';
import type { Billing } from './billing.js';
import type { Collected } from './collect.js';
import { PAYMENT_WINDOW_S, periodOf } from './engine/due.js';
import { finalize } from './finalize.js';
import { isBehind } from './subscription-status.js';
import { saveSubscription, type Loaded } from './subscription-store.js';

/** The fields that can wait (SUBSCRIPTIONS.md 3, "Pending updates"). */
const FIELDS = ['billing_cycle_anchor', 'items', 'status', 'trial_end', 'trial_start'] as const;

/**
 * `pending_if_incomplete`: the update counts once its invoice is paid. Where the payment fails it waits in
 * `pending_update`, at most 23 hours, or until the trial or the period ends; the subscription stays as it was (C8).
 */
export async function waitForPayment(
  billing: Billing,
  before: Loaded,
  { invoice: draft, subscription: after, notes }: Loaded & { invoice: Invoice },
  pay: (invoice: Invoice) => Promise<Collected>,
): Promise<{ subscription: Subscription; collected?: Collected }> {
  const unchanged: Loaded = {
    subscription: { ...before.subscription, latest_invoice: draft.id },
    notes: {
      ...before.notes,
      pendingUpdate: { fields: changedFields(after), debits: notes.debits, invoice: draft.id },
    },
  };
  await saveSubscription(billing, unchanged);
  const open = await finalize(billing, draft);
  const collected = open.status === 'open' ? await pay(open) : undefined;
  const paid = open.status === 'paid' || collected?.invoice.status === 'paid';
  if (!paid) {
    const pending_update = pendingOf(billing, before, after);
    const waiting = { ...unchanged, subscription: { ...unchanged.subscription, pending_update } };
    await saveSubscription(billing, waiting, before.subscription);
    return { subscription: waiting.subscription, ...(collected && { collected }) };
  }
  const applied: Loaded = {
    subscription: {
      ...after,
      latest_invoice: draft.id,
      pending_update: null,
      ...(isBehind(after) && { status: 'active' as const }),
    },
    notes,
  };
  await saveSubscription(billing, applied, before.subscription);
  return { subscription: applied.subscription, ...(collected && { collected }) };
}

const changedFields = (after: Subscription): Partial<Subscription> =>
  Object.fromEntries(FIELDS.map((field) => [field, after[field]]));

function pendingOf({ now }: Billing, { subscription: before }: Loaded, after: Subscription): PendingUpdate {
  const limits = [now + PAYMENT_WINDOW_S, periodOf(before).end, before.trial_end ?? Infinity];
  return {
    billing_cycle_anchor:
      after.billing_cycle_anchor === before.billing_cycle_anchor ? null : after.billing_cycle_anchor,
    cancel_at_period_end: null,
    discount: null,
    discounts: null,
    expires_at: Math.min(...limits.filter((limit) => limit > now)),
    metadata: null,
    subscription_items: after.items.data,
    trial_end: after.trial_end === before.trial_end ? null : after.trial_end,
    trial_from_plan: null,
  };
}
