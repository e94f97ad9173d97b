import { endpoint } from '../conventions/endpoint.js';
import { invalidRequest, missingParameter, noSuch, notHere } from '../conventions/errors.js';
import { optional, shape, text } from '../conventions/params/index.js';
import { billingFor } from '../billing/billing.js';
import { inOrder } from '../billing/event-order.js';
import { joinPayment } from '../billing/finalize.js';
import { invoicePaid } from '../billing/invoice-paid.js';
import { paymentOfIntent } from '../billing/invoice-store.js';
import type { Invoice, PaymentIntent } from '../model/wire.js';
import { findOr404 } from './reading.js';

/**
 * `POST /v1/invoices/:id/attach_payment`: a Payment Intent pays an open invoice, or a part of it; one that has succeeded is
 * credited at once, another when it succeeds.
 */
export const attachPayment = endpoint(
  shape({ payment_intent: optional(text), payment_record: optional(text) }),
  async ({ tx, id, origin, params: { payment_intent: named, payment_record: record } }) => {
    const invoice = await findOr404(tx, 'invoice', id);
    if (record !== undefined) throw notHere('payment records', 'payment_record');
    if (named === undefined) throw missingParameter('payment_intent');
    const intent = await tx.objects.find('payment_intent', named);
    if (!intent) throw noSuch('payment_intent', named, 'payment_intent');
    mustFit(invoice, intent);
    const billing = await billingFor(tx, origin, invoice.test_clock as string | null);
    if (await paymentOfIntent(billing, named)) {
      throw invalidRequest(`The PaymentIntent ${named} is attached to an invoice already.`, 'payment_intent');
    }
    return inOrder(billing, 'asMade', async () => {
      const payment = await joinPayment(billing, invoice, intent, { asked: intent.amount, isDefault: false });
      if (intent.status === 'succeeded') await invoicePaid(billing, payment, intent);
      return findOr404(tx, 'invoice', id);
    });
  },
);

function mustFit({ currency, customer, status }: Invoice, intent: PaymentIntent): void {
  if (status !== 'open') {
    throw invalidRequest(`Payments can only be attached to open invoices. This one is ${status}.`);
  }
  if (intent.status === 'canceled') throw invalidRequest('The PaymentIntent is canceled.', 'payment_intent');
  if (intent.currency !== currency) {
    throw invalidRequest(`The PaymentIntent is in ${intent.currency}, the invoice in ${currency}.`, 'payment_intent');
  }
  if (intent.customer !== null && intent.customer !== customer) {
    throw invalidRequest('The PaymentIntent belongs to another customer than the invoice.', 'payment_intent');
  }
}
