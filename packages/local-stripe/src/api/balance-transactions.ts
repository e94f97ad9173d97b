import type { ApiRouter } from '../conventions/api-router.js';
import { endpoint } from '../conventions/endpoint.js';
import { created, page, pageParams } from '../conventions/lists.js';
import { currency, optional, shape, text } from '../conventions/params/index.js';
import { retrieving } from './reading.js';

const filters = shape({
  ...pageParams,
  created,
  currency: optional(currency),
  source: optional(text),
  type: optional(text),
});

const listAll = endpoint(filters, ({ tx, params: { currency: of, source, type, ...rest }, path }) =>
  page(tx, 'balance_transaction', path, { ...rest, where: { currency: of, source, type } }),
);

export function balanceTransactionRoutes(api: ApiRouter): void {
  api.get('/balance_transactions', listAll);
  api.get('/balance_transactions/:id', retrieving('balance_transaction'));
  // Of older versions.
  api.get('/balance/history', listAll);
  api.get('/balance/history/:id', retrieving('balance_transaction'));
}
