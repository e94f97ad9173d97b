import type { ApiRouter } from '../conventions/api-router.js';
import { endpoint } from '../conventions/endpoint.js';
import { invalidRequest, noSuch } from '../conventions/errors.js';
import { page, pageParams } from '../conventions/lists.js';
import { integer, optional, shape, text } from '../conventions/params/index.js';
import type { Customer } from '../model/wire.js';
import type { Tx } from '../state/store.js';
import { advanceTestClock, makeTestClock } from '../time/test-clocks.js';
import { deleteCustomer } from './customers.js';
import { deleting, retrieving, findOr404 } from './reading.js';

const KIND = 'test_helpers.test_clock';

const moment = integer({ min: 1 });

const create = endpoint(
  shape({ customer: optional(text), frozen_time: moment, name: optional(text) }),
  async ({ tx, params: { customer: id, frozen_time: time, name } }) => {
    const customer = id === undefined ? undefined : await attachable(tx, id);
    const clock = await makeTestClock(tx, time, name ?? null);
    if (customer) await tx.objects.save({ ...customer, test_clock: clock.id });
    return clock;
  },
);

/** A customer that a new clock can take: one that goes by no clock and has no subscriptions. */
async function attachable(tx: Tx, id: string): Promise<Customer> {
  const customer = await tx.objects.find('customer', id);
  if (!customer) throw noSuch('customer', id, 'customer');
  if (customer.test_clock !== null) throw invalidRequest('This customer has a test clock already.', 'customer');
  if ((await tx.objects.list('subscription', { limit: 1, where: { customer: id } })).length > 0) {
    throw invalidRequest('This customer has subscriptions, which go by the real time.', 'customer');
  }
  return customer;
}

const advance = endpoint(shape({ frozen_time: moment }), async ({ tx, params, id }) =>
  advanceTestClock(tx, await findOr404(tx, KIND, id), params.frozen_time),
);

const listAll = endpoint(shape(pageParams), ({ tx, params, path }) => page(tx, KIND, path, params));

/** Deletes its customers too. */
const remove = deleting(KIND, async (tx, clock) => {
  for (const customer of await tx.objects.list('customer', { limit: -1, where: { test_clock: clock.id } })) {
    await deleteCustomer(tx, customer);
  }
  await tx.events.record('test_helpers.test_clock.deleted', clock);
});

export function testClockRoutes(api: ApiRouter): void {
  api.post('/test_helpers/test_clocks', create);
  api.get('/test_helpers/test_clocks', listAll);
  api.get('/test_helpers/test_clocks/:id', retrieving(KIND));
  api.delete('/test_helpers/test_clocks/:id', remove);
  api.post('/test_helpers/test_clocks/:id/advance', advance);
}
