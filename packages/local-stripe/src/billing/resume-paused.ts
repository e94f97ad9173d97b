import type { Subscription } from '../model/wire.js';
import type { Billing } from './billing.js';
import { saveSubscription, withItems, type Loaded } from './subscription-store.js';
import { voidInvoice } from './void-invoice.js';

/** The invoice of a resumption is paid, or an attempt was enough: the subscription runs again (events: 5, "resume"). */
export async function resumeAfterPayment(
  billing: Billing,
  loaded: Loaded,
  status: 'active' | 'past_due' = 'active',
): Promise<Subscription> {
  const { subscription: before, notes } = loaded;
  const { resuming, ...rest } = notes;
  const { status_details: _details, ...changed }: Subscription = { ...before, ...resuming?.fields, status };
  const after = withItems(changed, changed.items.data);
  await saveSubscription(billing, { subscription: after, notes: rest });
  await billing.tx.events.record('customer.subscription.resumed', after);
  await billing.tx.events.record('customer.subscription.updated', after, before);
  return after;
}

/** 23 hours without the payment: the invoice is voided, and the subscription stays paused (T, D). */
export async function expireResumption(billing: Billing, { subscription, notes }: Loaded): Promise<void> {
  const { resuming, ...rest } = notes;
  await saveSubscription(billing, { subscription, notes: rest });
  const invoice = resuming && (await billing.tx.objects.find('invoice', resuming.invoice));
  if (invoice?.status === 'open') await voidInvoice(billing, invoice);
}
