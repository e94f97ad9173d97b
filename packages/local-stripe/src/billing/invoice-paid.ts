import type { Invoice, InvoicePayment, PaymentIntent, Subscription } from '../model/wire.js';
import type { Billing } from './billing.js';
import { applyPendingUpdate } from './pending-update.js';
import { asPaid } from './finalize.js';
import { recordAll, saveInvoice, subscriptionIdOf } from './invoice-store.js';
import { resumeAfterPayment } from './resume-paused.js';
import { statusAfter } from './subscription-status.js';
import { loadSubscription, saveSubscription } from './subscription-store.js';

/**
 * The Payment Intent of an invoice succeeded: the invoice is paid, and its subscription becomes active where this was
 * what it waited for. Events as in SUBSCRIPTIONS.md 5, "recovery".
 */
export async function invoicePaid(
  billing: Billing,
  payment: InvoicePayment,
  intent: PaymentIntent,
  { automatic = false } = {},
): Promise<Invoice> {
  const { tx, now } = billing;
  const before = await tx.objects.get('invoice', String(payment.invoice));
  const amount = intent.amount_received;
  const settled: InvoicePayment = {
    ...payment,
    amount_paid: amount,
    status: 'paid',
    status_transitions: { canceled_at: null, paid_at: now },
  };
  await tx.objects.save(settled);
  const amountPaid = before.amount_paid + amount;
  const counted: Invoice = {
    ...before,
    amount_paid: amountPaid,
    amount_overpaid: Math.max(0, amountPaid - before.amount_due),
    amount_remaining: Math.max(0, before.amount_due - amountPaid),
    attempt_count: automatic ? before.attempt_count + 1 : Math.max(1, before.attempt_count),
    attempted: true,
  };
  const paid = counted.amount_remaining > 0 ? counted : asPaid(counted, now);
  await saveInvoice(billing, paid, before);
  if (paid.status === 'paid') {
    await recordAll(billing, ['invoice.paid', 'invoice.payment_succeeded'], paid);
    await updateSubscription(billing, paid, intent.payment_method);
  }
  await tx.events.record('invoice_payment.paid', settled);
  return paid;
}

/** Paid without Stripe: `invoice.paid` comes, `invoice.payment_succeeded` does not (SUBSCRIPTIONS.md 5). */
export async function paidOutOfBand(billing: Billing, before: Invoice): Promise<Invoice> {
  const { amount_remaining: off } = before;
  const paid: Invoice = {
    ...asPaid(before, billing.now),
    amount_paid: before.amount_due,
    amount_paid_off_stripe: off,
    amount_remaining: 0,
  };
  await saveInvoice(billing, paid, before);
  await recordAll(billing, ['invoice.paid'], paid);
  await updateSubscription(billing, paid, null);
  return paid;
}

async function updateSubscription(billing: Billing, paid: Invoice, method: string | null): Promise<void> {
  const id = subscriptionIdOf(paid);
  const loaded = id === undefined ? undefined : await loadSubscription(billing, id);
  if (!loaded) return;
  const { subscription: before, notes } = loaded;
  if (notes.pendingUpdate?.invoice === paid.id) return applyPendingUpdate(billing, loaded);
  if (notes.resuming?.invoice === paid.id) return void (await resumeAfterPayment(billing, loaded));

  const keeps = before.payment_settings?.save_default_payment_method === 'on_subscription' && method !== null;
  const after: Subscription = {
    ...before,
    ...(keeps && { default_payment_method: method }),
    status: await statusAfter(billing, before),
  };
  if (after.status !== before.status || keeps) await saveSubscription(billing, { subscription: after, notes }, before);
}
