import type { ApiRouter } from '../conventions/api-router.js';
import { endpoint } from '../conventions/endpoint.js';
import { missingParameter } from '../conventions/errors.js';
import { optional, shape, text } from '../conventions/params/index.js';
import { unixNow } from '../model/clock.js';
import { newId, randomText } from '../model/ids.js';
import type { EphemeralKey } from '../model/wire.js';
import { mustBeCustomer } from './intent-methods.js';
import { findOr404 } from './reading.js';

const VALID_S = 60 * 60;

const params = shape({
  customer: optional(text),
  issuing_card: optional(text),
  nonce: optional(text),
  verification_session: optional(text),
});

/** A key for a mobile app. It opens nothing here: calls take any test key. Its secret is shown once. */
const create = endpoint(params, async ({ tx, params: { customer } }) => {
  if (customer === undefined) throw missingParameter('customer');
  await mustBeCustomer(tx, customer);
  const created = unixNow();
  const key: EphemeralKey = {
    id: newId('ephemeralKey'),
    object: 'ephemeral_key',
    associated_objects: [{ id: customer, type: 'customer' }],
    created,
    expires: created + VALID_S,
    livemode: false,
  };
  await tx.objects.insert(key);
  return { ...key, secret: `ek_test_${randomText(40)}` };
});

/** Ends a key; the answer is the key, as it expires now. */
const remove = endpoint(shape({}), async ({ tx, id }) => {
  const key = await findOr404(tx, 'ephemeral_key', id);
  await tx.objects.remove(id);
  return { ...key, expires: unixNow() };
});

export function ephemeralKeyRoutes(api: ApiRouter): void {
  api.post('/ephemeral_keys', create);
  api.delete('/ephemeral_keys/:id', remove);
}
