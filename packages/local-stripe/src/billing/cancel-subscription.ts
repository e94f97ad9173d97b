import type { Invoice, Subscription } from '../model/wire.js';
import type { Billing } from './billing.js';
import { creditsForAll } from './engine/change.js';
import { periodOf } from './engine/due.js';
import { endSubscription, type Ending } from './end-subscription.js';
import { inOrder } from './event-order.js';
import { advance } from './invoice-timer.js';
import { pendingItems } from './pending-items.js';
import { addProrations } from './proration-items.js';
import { draftFor } from './subscription-invoice.js';
import type { Loaded } from './subscription-store.js';
import { termsOf } from './subscription-terms.js';

export interface Cancellation {
  /** Whether the time that is left is credited. Defaults to not. */
  prorate: boolean;
  /** Whether what waits for an invoice is invoiced now; otherwise pending prorations are dropped (T). */
  invoiceNow: boolean;
  details: Ending['details'];
}

/** `DELETE`: ends a subscription now (SUBSCRIPTIONS.md 3, "Cancel"; case P6). */
export function cancelSubscription(
  billing: Billing,
  loaded: Loaded,
  { prorate, invoiceNow, details }: Cancellation,
): Promise<{ subscription: Subscription; invoice?: Invoice }> {
  return inOrder(billing, 'asMade', async () => {
    const { subscription: before, notes } = loaded;
    // In a trial no invoice is made (recorded).
    const live = before.status === 'active' || before.status === 'past_due';
    const lines =
      prorate && live ? creditsForAll(before, await termsOf(billing, before), notes.debits, billing.now) : [];
    let credited = await addProrations(billing, loaded, lines, before.items.data);
    let draft: Invoice | undefined;
    const waiting = await ownPendingItems(billing, before);
    if (invoiceNow && live && waiting.length > 0) {
      const { invoice, ...billed } = await draftFor(billing, credited, {
        reason: 'subscription_update',
        lines: [],
        period: { start: periodOf(before).start, end: billing.now },
        finalizesAt: null,
      });
      [draft, credited] = [invoice, billed];
    } else if (!prorate) {
      for (const { id } of waiting) await billing.tx.objects.remove(id);
    }
    const reason = 'cancellation_requested' as const;
    const subscription = await endSubscription(billing, credited, { reason, details, forgetSchedule: true });
    if (!draft) return { subscription };
    if (!billing.draftsOnly) await advance(billing, draft);
    return { subscription, invoice: draft };
  });
}

const ownPendingItems = async (billing: Billing, { id, customer, currency }: Subscription) =>
  (await pendingItems(billing, String(customer), currency, id)).filter(
    ({ parent }) => parent?.subscription_details?.subscription === id,
  );
