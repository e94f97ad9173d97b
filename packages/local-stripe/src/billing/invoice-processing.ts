import type { Invoice } from '../model/wire.js';
import type { Billing } from './billing.js';
import { saveInvoice, subscriptionIdOf } from './invoice-store.js';
import { loadSubscription, saveSubscription } from './subscription-store.js';

/**
 * A delayed payment (bank debit) of an invoice is under way: the invoice stays open, and a new subscription is active
 * already (SUBSCRIPTIONS.md 2).
 */
export async function paymentProcessing(billing: Billing, before: Invoice): Promise<Invoice> {
  const attempted: Invoice = {
    ...before,
    attempt_count: before.attempt_count + 1,
    attempted: true,
    next_payment_attempt: null,
  };
  await saveInvoice(billing, attempted, before);
  const id = subscriptionIdOf(before);
  const loaded = id === undefined ? undefined : await loadSubscription(billing, id);
  if (loaded?.subscription.status === 'incomplete') {
    const { subscription } = loaded;
    await saveSubscription(billing, { ...loaded, subscription: { ...subscription, status: 'active' } }, subscription);
  }
  return attempted;
}
