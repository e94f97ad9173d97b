import type { ApiRouter } from '../conventions/api-router.js';
import { endpoint } from '../conventions/endpoint.js';
import { page, pageParams } from '../conventions/lists.js';
import { integer, optional, shape, text } from '../conventions/params/index.js';
import { advanceTestClock, makeTestClock } from '../time/test-clocks.js';
import { deleteCustomer } from './customers.js';
import { deleting, retrieving, findOr404 } from './reading.js';

const KIND = 'test_helpers.test_clock';

const moment = integer({ min: 1 });

const create = endpoint(shape({ frozen_time: moment, name: optional(text) }), ({ tx, params }) =>
  makeTestClock(tx, params.frozen_time, params.name ?? null),
);

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
