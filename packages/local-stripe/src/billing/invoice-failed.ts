import type { Invoice, Subscription } from '../model/wire.js';
import type { Billing } from './billing.js';
import { nextAttemptAt } from './engine/invoice-due.js';
import { endSubscription } from './end-subscription.js';
import { recordAll, saveInvoice, subscriptionIdOf } from './invoice-store.js';
import { loadSubscription, saveSubscription, type Loaded } from './subscription-store.js';

export interface FailedAttempt {
  /** Whether the invoice was collected by itself: only those attempts, and the first, are counted (SUBSCRIPTIONS.md 1). */
  automatic: boolean;
  /** Whether the customer must authenticate: not counted (recorded), and with an event of its own. */
  needsAction?: boolean;
}

/**
 * An attempt to collect an invoice failed. The next one is set by the setting `retry_days`; after the last,
 * `after_retries` says what becomes of the subscription (SUBSCRIPTIONS.md 3, "Dunning"; events: 5, "renewal fails").
 */
export async function invoiceFailed(
  billing: Billing,
  before: Invoice,
  { automatic, needsAction = false }: FailedAttempt,
): Promise<Invoice> {
  const { now, settings } = billing;
  const id = subscriptionIdOf(before);
  const loaded = id === undefined ? undefined : await loadSubscription(billing, id);
  const first = loaded?.subscription.status === 'incomplete';
  const counts = automatic || before.attempt_count === 0;
  // What needs the customer's authentication is not counted, but it is tried again like what was declined.
  const attempts = before.attempt_count + (counts ? 1 : 0);
  const retries = automatic && before.auto_advance === true && !first;
  const next = retries ? nextAttemptAt(attempts, now, settings.retry_days) : before.next_payment_attempt;
  const failed = await saveInvoice(
    billing,
    {
      ...before,
      attempt_count: needsAction ? before.attempt_count : attempts,
      attempted: true,
      next_payment_attempt: next,
    },
    before,
  );
  if (needsAction) await recordAll(billing, ['invoice.payment_action_required'], failed);
  await recordAll(billing, ['invoice.payment_failed'], failed);
  if (!loaded) return failed;
  if (retries && next === null) await giveUp(billing, loaded);
  else await becomePastDue(billing, loaded);
  return failed;
}

async function becomePastDue(billing: Billing, loaded: Loaded): Promise<void> {
  const { subscription: before } = loaded;
  if (!['active', 'trialing'].includes(before.status) || loaded.notes.pendingUpdate) return;
  await saveSubscription(billing, { ...loaded, subscription: { ...before, status: 'past_due' } }, before);
}

async function giveUp(billing: Billing, loaded: Loaded): Promise<void> {
  const { subscription: before } = loaded;
  switch (billing.settings.after_retries) {
    case 'cancel':
      await endSubscription(billing, loaded, { reason: 'payment_failed' });
      return;
    case 'unpaid': {
      const unpaid: Subscription = { ...before, status: 'unpaid' };
      return saveSubscription(billing, { ...loaded, subscription: unpaid }, before);
    }
    case 'past_due':
      return becomePastDue(billing, loaded);
  }
}
