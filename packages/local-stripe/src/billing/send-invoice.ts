import type { Invoice } from '../model/wire.js';
import type { Billing } from './billing.js';

/** Sends an invoice to the customer: here only its event is made. */
export async function sendInvoice({ tx }: Billing, invoice: Invoice): Promise<Invoice> {
  await tx.events.record('invoice.sent', invoice);
  return invoice;
}
