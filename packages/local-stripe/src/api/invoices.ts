import type { ApiRouter } from '../conventions/api-router.js';
import { endpoint } from '../conventions/endpoint.js';
import { created, page, pageParams } from '../conventions/lists.js';
import { oneOf, optional, shape, text } from '../conventions/params/index.js';
import { noSuch } from '../conventions/errors.js';
import { searching } from '../conventions/search/search.js';
import { findOr404, retrieving } from './reading.js';

const filters = shape({
  ...pageParams,
  collection_method: optional(oneOf('charge_automatically', 'send_invoice')),
  created,
  customer: optional(text),
  status: optional(oneOf('draft', 'open', 'paid', 'uncollectible', 'void')),
  subscription: optional(text),
});

const listAll = endpoint(filters, async ({ tx, params, path }) => {
  const { collection_method, customer, status, subscription, ...rest } = params;
  if (customer !== undefined && !(await tx.objects.find('customer', customer))) {
    if (!(await tx.objects.find('deleted_customer', customer))) throw noSuch('customer', customer, 'customer');
  }
  const where = {
    'parent.subscription_details.subscription': subscription,
    collection_method,
    customer,
    status,
  };
  return page(tx, 'invoice', path, { ...rest, where });
});

/** All lines in one page of at most a hundred. */
const listLines = endpoint(
  shape(pageParams),
  async ({ tx, params: { limit = 10, starting_after: after }, id, path }) => {
    const { lines } = await findOr404(tx, 'invoice', id);
    const from = after === undefined ? 0 : lines.data.findIndex((line) => line.id === after) + 1;
    const data = lines.data.slice(from, from + limit);
    return { object: 'list', data, has_more: from + limit < lines.data.length, url: path };
  },
);

export function invoiceRoutes(api: ApiRouter, _delayMs: number): void {
  api.get('/invoices', listAll);
  api.get('/invoices/search', searching('invoice'));
  api.get('/invoices/:id', retrieving('invoice'));
  api.get('/invoices/:id/lines', listLines);
}
