import type { ApiRouter } from '../conventions/api-router.js';
import { endpoint } from '../conventions/endpoint.js';
import { created, page, pageParams } from '../conventions/lists.js';
import { changeMetadata, currency, integer, metadata, optional, shape, text } from '../conventions/params/index.js';
import { noSuch } from '../conventions/errors.js';
import { billingFor, NO_ORIGIN } from '../billing/billing.js';
import { changeBalance } from '../billing/customer-balance.js';
import { useCurrency } from '../billing/create-subscription.js';
import { mustFitCurrency } from './new-subscription.js';
import { findOr404 } from './reading.js';

const creation = shape({ amount: integer(), currency, description: optional(text), metadata: optional(metadata) });

const create = endpoint(creation, async ({ tx, params, id }) => {
  const customer = await findOr404(tx, 'customer', id);
  mustFitCurrency(customer, params.currency);
  const billing = await billingFor(tx, NO_ORIGIN, customer.test_clock as string | null);
  await useCurrency(billing, customer, params.currency);
  return changeBalance(billing, { ...customer, currency: params.currency }, params.amount, {
    type: 'adjustment',
    currency: params.currency,
    description: params.description ?? null,
    metadata: changeMetadata({}, params.metadata),
  });
});

const filters = shape({ ...pageParams, created, invoice: optional(text) });

const listAll = endpoint(filters, async ({ tx, params: { invoice, ...rest }, id, path }) => {
  await findOr404(tx, 'customer', id);
  return page(tx, 'customer_balance_transaction', path, { ...rest, where: { customer: id, invoice } });
});

export function customerBalanceRoutes(api: ApiRouter): void {
  api.post('/customers/:id/balance_transactions', create);
  api.get('/customers/:id/balance_transactions', listAll);
  api.get(
    '/customers/:id/balance_transactions/:transaction',
    endpoint(shape({}), async ({ tx, path, id }) => {
      const transaction = path.split('/').at(-1) ?? '';
      const found = await tx.objects.find('customer_balance_transaction', transaction);
      if (!found || found.customer !== id) throw noSuch('balance transaction', transaction, 'id', 404);
      return found;
    }),
  );
}
