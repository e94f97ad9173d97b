import type { ApiRouter } from '../conventions/api-router.js';
import { endpoint } from '../conventions/endpoint.js';
import { created, page, pageParams } from '../conventions/lists.js';
import { oneOf, optional, shape, text } from '../conventions/params/index.js';
import { retrieving } from './reading.js';

const filters = shape({
  ...pageParams,
  created,
  invoice: optional(text),
  payment: optional(
    shape({
      payment_intent: optional(text),
      payment_record: optional(text),
      type: oneOf('payment_intent', 'payment_record'),
    }),
  ),
  status: optional(oneOf('canceled', 'open', 'paid')),
});

const listAll = endpoint(filters, ({ tx, params: { invoice, payment, status, ...rest }, path }) => {
  const where = {
    invoice,
    'payment.payment_intent': payment?.payment_intent,
    'payment.payment_record': payment?.payment_record,
    status,
  };
  return page(tx, 'invoice_payment', path, { ...rest, where });
});

export function invoicePaymentRoutes(api: ApiRouter): void {
  api.get('/invoice_payments', listAll);
  api.get('/invoice_payments/:id', retrieving('invoice_payment'));
}
