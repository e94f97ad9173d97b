import type { ApiRouter } from '../conventions/api-router.js';
import { endpoint } from '../conventions/endpoint.js';
import { created, page, pageParams } from '../conventions/lists.js';
import { boolean, list, oneOf, optional, shape, text } from '../conventions/params/index.js';
import { billingFor } from '../billing/billing.js';
import { cancelSubscription } from '../billing/cancel-subscription.js';
import { invalidRequest, noSuch } from '../conventions/errors.js';
import { searching } from '../conventions/search/search.js';
import { newSubscriptionOf } from './new-subscription.js';
import { paymentMethodFor } from './payment-method-for.js';
import { findOr404, retrieving } from './reading.js';
import { cancellationDetails, creation, creationOfCustomer } from './subscription-params.js';
import { changes } from './subscription-changes.js';
import { updateOf } from './subscription-update.js';
import { loadOr404 } from './subscription-reading.js';
import type { Tx } from '../state/store.js';

const STATUSES = [
  'active',
  'all',
  'canceled',
  'ended',
  'incomplete',
  'incomplete_expired',
  'past_due',
  'paused',
  'trialing',
  'unpaid',
] as const;

const filters = shape({
  ...pageParams,
  collection_method: optional(oneOf('charge_automatically', 'send_invoice')),
  created,
  customer: optional(text),
  ids: optional(list(text)),
  plan: optional(text),
  price: optional(text),
  status: optional(oneOf(...STATUSES)),
  test_clock: optional(text),
});

const ENDED = ['canceled', 'incomplete_expired'];
const LIVE = ['active', 'incomplete', 'past_due', 'paused', 'trialing', 'unpaid'];

/** Canceled ones are left out unless they are asked for (SUBSCRIPTIONS.md 1). */
const listAll = endpoint(filters, async ({ tx, params, path }) => {
  const { collection_method, customer, ids, plan, price, status, test_clock, ...rest } = params;
  if (customer !== undefined) await mustExist(tx, customer);
  const wanted = status === 'all' ? undefined : status === 'ended' ? ENDED : (status ?? LIVE);
  const where = { collection_method, customer, id: ids, 'plan.id': price ?? plan, status: wanted, test_clock };
  return page(tx, 'subscription', path, { ...rest, where });
});

async function mustExist({ objects }: Tx, customer: string): Promise<void> {
  if (!(await objects.find('customer', customer)) && !(await objects.find('deleted_customer', customer))) {
    throw noSuch('customer', customer, 'customer');
  }
}

const cancellation = shape({
  /** The older word for an update with `cancel_at_period_end`. */
  at_period_end: optional(boolean),
  cancellation_details: cancellationDetails,
  invoice_now: optional(boolean),
  prorate: optional(boolean),
});

const cancel = endpoint(cancellation, async ({ tx, params, id: path, nested, origin }) => {
  const id = nested || path;
  const loaded = await loadOr404(tx, id, nested ? 'subscription' : 'id');
  const { status, test_clock: clock } = loaded.subscription;
  if (ENDED.includes(status)) {
    throw invalidRequest(`No such subscription: '${id}'`, 'id', 'resource_missing');
  }
  const billing = await billingFor(tx, origin, clock as string | null);
  if (params.at_period_end === true) {
    return updateOf(tx, loaded, changes({ cancel_at_period_end: 'true' }, ''), origin);
  }
  const details = mentioned(params.cancellation_details ?? {});
  const { prorate = false, invoice_now: invoiceNow = false } = params;
  return (await cancelSubscription(billing, loaded, { prorate, invoiceNow, details })).subscription;
});

const mentioned = <T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;

const update = endpoint(changes, async ({ tx, params, id, nested, origin }) => {
  // Recorded: an unknown payment method is refused before an unknown subscription (sub-020).
  const { default_payment_method: method } = params;
  if (typeof method === 'string') await paymentMethodFor(tx, method, 'default_payment_method');
  return updateOf(tx, await loadOr404(tx, nested || id), params, origin);
});

/** Older paths, below the customer. */
function customerSubscriptionRoutes(api: ApiRouter): void {
  const createOfCustomer = endpoint(creationOfCustomer, ({ tx, params, id, origin, version, namesVersion }) =>
    newSubscriptionOf(tx, { ...params, customer: id }, origin, namesVersion ? { version } : {}),
  );
  const listOfCustomer = endpoint(filters, async ({ tx, params: { status: _status, ...rest }, id, path }) => {
    await findOr404(tx, 'customer', id);
    const { limit, starting_after, ending_before } = rest;
    return page(tx, 'subscription', path, {
      limit,
      starting_after,
      ending_before,
      where: { customer: id, status: LIVE },
    });
  });
  const retrieve = endpoint(
    shape({}),
    async ({ tx, nested }) => (await loadOr404(tx, nested, 'subscription')).subscription,
  );
  api.post('/customers/:id/subscriptions', createOfCustomer);
  api.get('/customers/:id/subscriptions', listOfCustomer);
  api.get('/customers/:id/subscriptions/:nested', retrieve);
  api.post('/customers/:id/subscriptions/:nested', update);
  api.delete('/customers/:id/subscriptions/:nested', cancel);
}

export function subscriptionRoutes(api: ApiRouter): void {
  const create = endpoint(creation, ({ tx, params, origin, version, namesVersion }) =>
    newSubscriptionOf(tx, params, origin, namesVersion ? { version } : {}),
  );
  api.post('/subscriptions', create);
  api.get('/subscriptions', listAll);
  api.get('/subscriptions/search', searching('subscription'));
  api.get('/subscriptions/:id', retrieving('subscription'));
  api.post('/subscriptions/:id', update);
  api.delete('/subscriptions/:id', cancel);
  customerSubscriptionRoutes(api);
}
