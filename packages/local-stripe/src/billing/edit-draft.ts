import type { Invoice, InvoiceLine } from '../model/wire.js';
import type { Billing } from './billing.js';
import { saveInvoice } from './invoice-store.js';
import { withTotals } from './invoice-totals.js';
import { listOfLines } from './new-invoice.js';

/** Changes a draft and computes its totals anew. */
export async function editDraft(billing: Billing, before: Invoice, change: Partial<Invoice>): Promise<Invoice> {
  const customer = await billing.tx.objects.get('customer', String(before.customer));
  return saveInvoice(billing, await withTotals(billing, { ...before, ...change }, customer), before);
}

export const withLines = (invoice: Invoice, lines: InvoiceLine[]): Pick<Invoice, 'lines'> => ({
  lines: listOfLines(invoice.id, lines),
});

/** The line of an invoice item on its draft, replaced, added at the end, or taken away. */
export function withItemLine(invoice: Invoice, item: string, line: InvoiceLine | undefined): Pick<Invoice, 'lines'> {
  const { data } = invoice.lines;
  const isOf = ({ parent }: InvoiceLine): boolean =>
    (parent?.invoice_item_details?.invoice_item ?? parent?.subscription_item_details?.invoice_item) === item;
  if (!line)
    return withLines(
      invoice,
      data.filter((each) => !isOf(each)),
    );
  if (!data.some(isOf)) return withLines(invoice, [...data, line]);
  return withLines(
    invoice,
    data.map((each) => (isOf(each) ? { ...line, id: each.id } : each)),
  );
}
