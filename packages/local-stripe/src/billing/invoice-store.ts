import type { EventType, Invoice, InvoicePayment, Subscription } from '../model/wire.js';
import type { Billing } from './billing.js';
import { nextInvoiceStep } from './engine/invoice-due.js';

/** Saves an invoice and sets its timer. `before`: the invoice before the change, for `invoice.updated`. */
export async function saveInvoice({ tx }: Billing, invoice: Invoice, before?: Invoice): Promise<Invoice> {
  await tx.objects.save(invoice);
  await setInvoiceTimer(tx, invoice);
  if (before) await tx.events.record('invoice.updated', invoice, before);
  return invoice;
}

export async function insertInvoice({ tx }: Billing, invoice: Invoice): Promise<Invoice> {
  await tx.objects.insert(invoice);
  await setInvoiceTimer(tx, invoice);
  await tx.events.record('invoice.created', invoice);
  return invoice;
}

async function setInvoiceTimer(tx: Billing['tx'], invoice: Invoice): Promise<void> {
  const next = nextInvoiceStep(invoice);
  await tx.timers.setFor('invoice_due', invoice.id, next && next.at * 1000, String(invoice.test_clock ?? ''));
}

/** The id of the subscription that an invoice is for; undefined for a one-off. */
export const subscriptionIdOf = ({ parent }: Invoice): string | undefined => {
  const id = parent?.subscription_details?.subscription;
  return id === undefined || id === null ? undefined : String(id);
};

export async function subscriptionOf({ tx }: Billing, invoice: Invoice): Promise<Subscription | undefined> {
  const id = subscriptionIdOf(invoice);
  return id === undefined ? undefined : tx.objects.find('subscription', id);
}

/** The newest invoices of a subscription, drafts included. */
export const invoicesOf = ({ tx }: Billing, subscription: string, limit: number): Promise<Invoice[]> =>
  tx.objects.list('invoice', { limit, where: { 'parent.subscription_details.subscription': subscription } });

/** The payments of an invoice, the newest first. */
export const paymentsOf = ({ tx }: Billing, invoice: string): Promise<InvoicePayment[]> =>
  tx.objects.list('invoice_payment', { limit: -1, where: { invoice } });

/** The payment of an invoice that a Payment Intent makes; undefined where it pays none. */
export async function paymentOfIntent(
  { tx }: Pick<Billing, 'tx'>,
  intent: string,
): Promise<InvoicePayment | undefined> {
  return (await tx.objects.list('invoice_payment', { limit: 1, where: { 'payment.payment_intent': intent } }))[0];
}

export const recordAll = async ({ tx }: Billing, types: EventType[], invoice: Invoice): Promise<void> => {
  for (const type of types) await tx.events.record(type, invoice);
};
