import type { ApiRouter } from '../manners/api-router.js';
import { endpoint } from '../manners/endpoint.js';
import { created, page, pageParams } from '../manners/lists.js';
import { currency, optional, shape, text } from '../manners/params/index.js';
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
}
