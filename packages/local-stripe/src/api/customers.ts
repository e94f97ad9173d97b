import type { Tx } from '../state/store.js';
import type { ApiRouter } from '../conventions/api-router.js';
import { endpoint } from '../conventions/endpoint.js';
import { created, page, pageParams } from '../conventions/lists.js';
import { changeMetadata, optional, shape, text } from '../conventions/params/index.js';
import { noSuch } from '../conventions/errors.js';
import { searching } from '../conventions/search/search.js';
import { billingFor, NO_ORIGIN } from '../billing/billing.js';
import { endSubscription } from '../billing/end-subscription.js';
import { newCustomer } from '../payments/new-customer.js';
import { addSource, sourceOf } from './sources.js';
import { attachIfPossible } from './new-payment-method.js';
import { detach } from '../payments/payment-methods.js';
import type { Customer } from '../model/wire.js';
import { withDiscount } from './customer-discount.js';
import { changedCustomer, changes, firstWords, type CustomerChanges } from './customer-params.js';
import { notTheirs, paymentMethodFor } from './payment-method-for.js';
import { findOr404 } from './reading.js';
import { addTaxId } from './tax-ids.js';

const create = endpoint(firstWords, async ({ tx, params }) => {
  const {
    card,
    coupon,
    payment_method,
    promotion_code,
    source = card,
    tax_id_data: taxIds,
    test_clock,
    ...said
  } = params;
  const bare: Customer = { ...newCustomer(), ...(await fieldsOfTestClock(tx, test_clock)) };
  const named = await withDefault(tx, said, payment_method);
  const customer = changedCustomer(bare, { ...named, metadata: changeMetadata({}, said.metadata) });
  await tx.objects.insert(customer);
  if (payment_method !== undefined) await attachNamed(tx, payment_method, customer.id, 'payment_method');
  await attachDefault(tx, customer.id, named);
  const made = source === undefined ? customer : await addSource(tx, customer, source, 'source');
  await tx.events.record('customer.created', made);
  for (const each of taxIds ?? []) await addTaxId(tx, made.id, each);
  return withDiscount(tx, made, { coupon, promotion_code });
});

/** `created` and `test_clock` of a customer with a test clock, whose time it is created at. */
async function fieldsOfTestClock({ objects }: Tx, id: string | undefined): Promise<Partial<Customer>> {
  if (id === undefined) return {};
  const clock = await objects.find('test_helpers.test_clock', id);
  if (!clock) throw noSuch('test clock', id, 'test_clock');
  return { created: clock.frozen_time, test_clock: clock.id };
}

const DEFAULT = 'invoice_settings[default_payment_method]';

/**
 * The parameters with the id of the default payment method, for which Stripe's test ids are no ids. Throws ApiError 400
 * where it is neither the customer's nor `attached` to it in the same call.
 */
async function withDefault<T extends CustomerChanges>(tx: Tx, said: T, attached?: string, owner?: string): Promise<T> {
  const named = said.invoice_settings?.default_payment_method;
  if (typeof named !== 'string') return said;
  const { id, customer } = await paymentMethodFor(tx, named, DEFAULT);
  if (named === id && named !== attached && (customer === null || customer !== owner)) throw notTheirs(id, DEFAULT);
  return { ...said, invoice_settings: { ...said.invoice_settings, default_payment_method: id } };
}

/** Attaches the default payment method, as it must be. */
async function attachDefault(tx: Tx, customer: string, said: CustomerChanges): Promise<void> {
  const named = said.invoice_settings?.default_payment_method;
  if (typeof named === 'string') await attachNamed(tx, named, customer, DEFAULT);
}

async function attachNamed(tx: Tx, named: string, customer: string, param: string): Promise<void> {
  await attachIfPossible(tx, await paymentMethodFor(tx, named, param), customer);
}

/** A deleted customer can still be retrieved. */
const retrieve = endpoint(shape({}), async ({ tx, id }) => {
  return (await tx.objects.find('deleted_customer', id)) ?? findOr404(tx, 'customer', id);
});

const update = endpoint(changes, async ({ tx, params, id }) => {
  const before = await findOr404(tx, 'customer', id);
  const { card, coupon, promotion_code, source = card, default_source, ...said } = params;
  const named = await withDefault(tx, said, undefined, id);
  await attachDefault(tx, id, named);
  if (default_source !== undefined) await sourceOf(tx, id, default_source);
  const changed = { ...changedCustomer(before, named), ...(default_source !== undefined && { default_source }) };
  await tx.objects.save(changed);
  const paying = source === undefined ? changed : await addSource(tx, changed, source, 'source', 'default');
  const after = await withDiscount(tx, paying, { coupon, promotion_code });
  await tx.events.record('customer.updated', after, before);
  return after;
});

const remove = endpoint(shape({}), async ({ tx, id }) => deleteCustomer(tx, await findOr404(tx, 'customer', id)));

export async function deleteCustomer(tx: Tx, customer: Customer) {
  const { id } = customer;
  await endSubscriptionsOf(tx, customer);
  for (const method of await tx.objects.list('payment_method', { limit: -1, where: { customer: id } })) {
    await detach(tx, method);
  }
  const left = { id, object: 'customer' as const, deleted: true as const };
  await tx.objects.replaceWithDeleted('deleted_customer', left);
  await tx.events.record('customer.deleted', customer);
  return left;
}

/** The subscriptions of a deleted customer end at once (SUBSCRIPTIONS.md 1). */
async function endSubscriptionsOf(tx: Tx, { id, test_clock: clock }: Customer): Promise<void> {
  const status = ['active', 'incomplete', 'past_due', 'paused', 'trialing', 'unpaid'];
  for (const subscription of await tx.objects.list('subscription', { limit: -1, where: { customer: id, status } })) {
    const billing = await billingFor(tx, NO_ORIGIN, clock as string | null);
    const notes = await tx.objects.notes('subscription', subscription.id);
    await endSubscription(billing, { subscription, notes }, { reason: 'cancellation_requested', forgetSchedule: true });
  }
}

const filters = shape({ ...pageParams, created, email: optional(text), test_clock: optional(text) });

const listAll = endpoint(filters, ({ tx, params: { email, test_clock, ...rest }, path }) =>
  page(tx, 'customer', path, { ...rest, where: { email, test_clock } }),
);

const itsMethods = shape({ ...pageParams, allow_redisplay: optional(text), type: optional(text) });

const listPaymentMethods = endpoint(
  itsMethods,
  async ({ tx, params: { allow_redisplay, type, ...rest }, id, path }) => {
    await findOr404(tx, 'customer', id);
    return page(tx, 'payment_method', path, { ...rest, where: { allow_redisplay, customer: id, type } });
  },
);

/** `GET /v1/customers/:id/payment_methods/:nested`. */
const retrievePaymentMethod = endpoint(shape({}), async ({ tx, id, nested }) => {
  await findOr404(tx, 'customer', id);
  const method = await findOr404(tx, 'payment_method', nested);
  if (method.customer !== id) throw noSuch('payment_method', nested, 'payment_method', 404);
  return method;
});

export function customerRoutes(api: ApiRouter): void {
  api.post('/customers', create);
  api.get('/customers', listAll);
  api.get('/customers/search', searching('customer'));
  api.get('/customers/:id', retrieve);
  api.post('/customers/:id', update);
  api.delete('/customers/:id', remove);
  api.get('/customers/:id/payment_methods', listPaymentMethods);
  api.get('/customers/:id/payment_methods/:nested', retrievePaymentMethod);
}
