import type { Customer, Invoice } from '../model/wire.js';
import type { Tx } from '../state/store.js';

/** An invoice that its secret address names, with its customer. */
export interface FoundInvoice {
  invoice: Invoice;
  customer: Customer | undefined;
}

/** Undefined where the token is not that of the invoice's `hosted_invoice_url`. */
export async function findInvoice({ objects }: Tx, id: string, token: string): Promise<FoundInvoice | undefined> {
  const invoice = await objects.find('invoice', id);
  if (!invoice?.hosted_invoice_url || token !== invoice.hosted_invoice_url.split('/').at(-1)) return undefined;
  return { invoice, customer: await objects.find('customer', String(invoice.customer)) };
}
