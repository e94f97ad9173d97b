import type { ApiRouter } from '../conventions/api-router.js';
import { endpoint } from '../conventions/endpoint.js';
import { missingParameter } from '../conventions/errors.js';
import { optional, shape, text } from '../conventions/params/index.js';
import { unixNow } from '../model/clock.js';
import { newId, randomText } from '../model/ids.js';
import { mustBeCustomer } from './intent-methods.js';

const VALID_S = 60 * 60;

const params = shape({
  customer: optional(text),
  issuing_card: optional(text),
  nonce: optional(text),
  verification_session: optional(text),
});

const keyFor = (id: string, customer: string) => {
  const created = unixNow();
  return {
    id,
    object: 'ephemeral_key',
    associated_objects: [{ id: customer, type: 'customer' }],
    created,
    expires: created + VALID_S,
    livemode: false,
    secret: `ek_test_${randomText(40)}`,
  };
};

/** A key for a mobile app. It opens nothing here: calls take any test key. */
const create = endpoint(params, async ({ tx, params: { customer } }) => {
  if (customer === undefined) throw missingParameter('customer');
  await mustBeCustomer(tx, customer);
  return keyFor(newId('ephemeralKey'), customer);
});

const remove = endpoint(shape({}), ({ id }) => Promise.resolve(keyFor(id, '')));

export function ephemeralKeyRoutes(api: ApiRouter): void {
  api.post('/ephemeral_keys', create);
  api.delete('/ephemeral_keys/:id', remove);
}
