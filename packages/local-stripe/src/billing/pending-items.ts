import type { Invoice, InvoiceItem, InvoiceLine } from '../model/wire.js';
import type { Billing } from './billing.js';
import { invoiceItemLine } from './invoice-lines.js';

/**
 * The invoice items of a customer that wait for an invoice, the oldest first. `subscription`: those of this one and those
 * of none; undefined: those of none only.
 */
export async function pendingItems(
  { tx }: Billing,
  customer: string,
  currency: string,
  subscription?: string,
): Promise<InvoiceItem[]> {
  const items = await tx.objects.list('invoiceitem', { limit: -1, where: { customer, invoice: null, currency } });
  return items
    .filter((item) => [undefined, subscription].includes(item.parent?.subscription_details?.subscription))
    .toReversed();
}

/** Their lines. A subscription's own prorations come first, as Stripe orders them. */
export const linesOf = (items: readonly InvoiceItem[]): InvoiceLine[] => items.map(invoiceItemLine);

/** Notes on the items which invoice they are on. */
export async function attachItems({ tx }: Billing, items: readonly InvoiceItem[], { id }: Invoice): Promise<void> {
  for (const item of items) await tx.objects.save({ ...item, invoice: id });
}
