import type { Customer, Invoice, InvoiceItem, InvoiceLine, Subscription, SubscriptionItem } from '../model/wire.js';
import type { Billing } from './billing.js';
import { debitsOf } from './debits.js';
import type { BilledPeriod } from './engine/periods.js';
import type { Period } from './engine/calendar.js';
import { periodLine } from './invoice-lines.js';
import { insertInvoice } from './invoice-store.js';
import { withTotals } from './invoice-totals.js';
import { newInvoice } from './new-invoice.js';
import { attachItems, linesOf, pendingItems } from './pending-items.js';
import type { Loaded } from './subscription-store.js';
import { endUsedDiscount, withoutUsedDiscounts } from './subscription-discounts.js';

export interface Bill {
  reason: Invoice['billing_reason'];
  lines: InvoiceLine[];
  /** When the items were collected. */
  period: Period;
  /** When it is finalized by itself; null: the caller does it. */
  finalizesAt: number | null;
  autoAdvance?: boolean;
}

/** The draft of a subscription's invoice, and the invoice items that wait for it, which it has. Nothing is stored. */
export async function planDraft(
  billing: Billing,
  subscription: Subscription,
  bill: Bill,
): Promise<{ customer: Customer; invoice: Invoice; waiting: InvoiceItem[] }> {
  const customer = await customerOf(billing, subscription);
  const waiting = await pendingItems(billing, customer.id, subscription.currency, subscription.id);
  const bare = newInvoice({
    customer,
    subscription,
    billingReason: bill.reason,
    currency: subscription.currency,
    now: billing.now,
    period: bill.period,
    lines: [...linesOf(waiting), ...bill.lines],
    autoAdvance: bill.autoAdvance ?? true,
    finalizesAt: bill.finalizesAt,
  });
  return { customer, invoice: await withTotals(billing, bare, customer), waiting };
}

/**
 * Makes the draft of a subscription's invoice and notes what it debits. The subscription that comes back has the invoice as
 * its latest, and is not saved.
 */
export async function draftFor(billing: Billing, loaded: Loaded, bill: Bill): Promise<Loaded & { invoice: Invoice }> {
  const { tx, now } = billing;
  const { subscription, notes } = loaded;
  const { customer, invoice, waiting } = await planDraft(billing, subscription, bill);
  await attachItems(billing, waiting, invoice);
  await insertInvoice(billing, invoice);
  const debits = [...notes.debits.filter(({ end }) => end > now), ...debitsOf(invoice)];
  const billed = await withoutUsedDiscounts(tx, { ...subscription, latest_invoice: invoice.id }, invoice);
  await endUsedDiscount(tx, customer, invoice);
  return { invoice, subscription: billed, notes: { ...notes, debits } };
}

export const customerOf = ({ tx }: Billing, { customer }: Subscription): Promise<Customer> =>
  tx.objects.get('customer', String(customer));

/** A line for each item in its new period. `free`: a trial. */
export async function linesFor(
  { tx }: Billing,
  subscription: Subscription,
  items: ReadonlyArray<{ item: SubscriptionItem; billed: BilledPeriod }>,
  { free = false } = {},
): Promise<InvoiceLine[]> {
  const lines: InvoiceLine[] = [];
  for (const { item, billed } of items) {
    const product = await tx.objects.find('product', item.price.product);
    const { period, whole } = billed;
    const about = { productName: product?.name ?? 'Product', free, ...(whole !== undefined && { whole }) };
    lines.push(periodLine(subscription, item, period, about));
  }
  return lines;
}
