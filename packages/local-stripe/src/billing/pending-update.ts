import type { Subscription } from '../model/wire.js';
import type { Billing } from './billing.js';
import { saveSubscription, saveWithEvent, withItems, type Loaded } from './subscription-store.js';
import { voidInvoice } from './void-invoice.js';

/** The invoice of the update was paid later: it counts from now. */
export async function applyPendingUpdate(billing: Billing, loaded: Loaded): Promise<void> {
  const { subscription: before, notes } = loaded;
  const { pendingUpdate, ...rest } = notes;
  if (!pendingUpdate || before.pending_update === null) return;
  const { fields, debits } = pendingUpdate;
  const changed: Subscription = { ...before, ...fields, pending_update: null };
  const after = withItems(changed, changed.items.data);
  await saveSubscription(billing, { subscription: after, notes: { ...rest, debits } }, before);
  await billing.tx.events.record('customer.subscription.pending_update_applied', after);
}

/** The update was not paid in time, or its invoice was voided: it is dropped. */
export async function dropPendingUpdate(billing: Billing, { subscription: before, notes }: Loaded): Promise<void> {
  const { pendingUpdate, ...rest } = notes;
  const after: Subscription = { ...before, pending_update: null };
  await saveWithEvent(billing, { subscription: after, notes: rest }, 'customer.subscription.pending_update_expired');
  const invoice = pendingUpdate && (await billing.tx.objects.find('invoice', pendingUpdate.invoice));
  if (invoice?.status === 'open') await voidInvoice(billing, invoice);
}
