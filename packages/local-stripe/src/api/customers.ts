import type { Tx } from '../state/store.js';
import type { ApiRouter } from '../conventions/api-router.js';
import { endpoint } from '../conventions/endpoint.js';
import { created, page, pageParams } from '../conventions/lists.js';
import { changeMetadata, optional, shape, text } from '../conventions/params/index.js';
import { noSuch } from '../conventions/errors.js';
import { searching } from '../conventions/search/search.js';
import { newCustomer } from '../payments/new-customer.js';
import { attach, detach } from '../payments/payment-methods.js';
import type { Customer } from '../model/wire.js';
import { changedCustomer, changes, firstWords, type CustomerChanges } from './customer-params.js';
import { paymentMethodFor } from './payment-method-for.js';
import { findOr404 } from './reading.js';

const create = endpoint(firstWords, async ({ tx, params: { payment_method, test_clock, ...said } }) => {
  const bare: Customer = { ...newCustomer(), ...(await fieldsOfTestClock(tx, test_clock)) };
  const customer = changedCustomer(bare, { ...said, metadata: changeMetadata({}, said.metadata) });
  await tx.objects.insert(customer);
  if (payment_method !== undefined) await attachNamed(tx, payment_method, customer.id, 'payment_method');
  await attachDefault(tx, customer, said);
  await tx.events.record('customer.created', customer);
  return customer;
});

/** `created` and `test_clock` of a customer with a test clock, whose time it is created at. */
async function fieldsOfTestClock({ objects }: Tx, id: string | undefined): Promise<Partial<Customer>> {
  if (id === undefined) return {};
  const clock = await objects.find('test_helpers.test_clock', id);
  if (!clock) throw noSuch('test clock', id, 'test_clock');
  return { created: clock.frozen_time, test_clock: clock.id };
}

/** Attaches the default payment method, as it must be; Stripe's test ids create one. */
async function attachDefault(tx: Tx, { id }: Customer, said: CustomerChanges): Promise<void> {
  const named = said.invoice_settings?.default_payment_method;
  if (typeof named === 'string') await attachNamed(tx, named, id, 'invoice_settings[default_payment_method]');
}

async function attachNamed(tx: Tx, named: string, customer: string, param: string): Promise<void> {
  await attach(tx, await paymentMethodFor(tx, named, param), customer);
}

/** A deleted customer can still be retrieved. */
const retrieve = endpoint(shape({}), async ({ tx, id }) => {
  return (await tx.objects.find('deleted_customer', id)) ?? findOr404(tx, 'customer', id);
});

const update = endpoint(changes, async ({ tx, params, id }) => {
  const before = await findOr404(tx, 'customer', id);
  const after = changedCustomer(before, params);
  await attachDefault(tx, before, params);
  await tx.objects.save(after);
  await tx.events.record('customer.updated', after, before);
  return after;
});

const remove = endpoint(shape({}), async ({ tx, id }) => deleteCustomer(tx, await findOr404(tx, 'customer', id)));

export async function deleteCustomer(tx: Tx, customer: Customer) {
  const { id } = customer;
  for (const method of await tx.objects.list('payment_method', { limit: -1, where: { customer: id } })) {
    await detach(tx, method);
  }
  const left = { id, object: 'customer' as const, deleted: true as const };
  await tx.objects.replaceWithDeleted('deleted_customer', left);
  await tx.events.record('customer.deleted', customer);
  return left;
}

const filters = shape({ ...pageParams, created, email: optional(text) });

const listAll = endpoint(filters, ({ tx, params: { email, ...rest }, path }) =>
  page(tx, 'customer', path, { ...rest, where: { email } }),
);

const itsMethods = shape({ ...pageParams, type: optional(text) });

const listPaymentMethods = endpoint(itsMethods, async ({ tx, params: { type, ...rest }, id, path }) => {
  await findOr404(tx, 'customer', id);
  return page(tx, 'payment_method', path, { ...rest, where: { customer: id, type } });
});

export function customerRoutes(api: ApiRouter): void {
  api.post('/customers', create);
  api.get('/customers', listAll);
  api.get('/customers/search', searching('customer'));
  api.get('/customers/:id', retrieve);
  api.post('/customers/:id', update);
  api.delete('/customers/:id', remove);
  api.get('/customers/:id/payment_methods', listPaymentMethods);
}
