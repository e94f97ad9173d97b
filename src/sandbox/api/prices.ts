import type { ApiRouter } from '../manners/api-router.js';
import { endpoint } from '../manners/endpoint.js';
import { created, page, pageParams } from '../manners/lists.js';
import {
  boolean,
  changeMetadata,
  currency,
  emptyable,
  integer,
  list,
  metadata,
  optional,
  shape,
  text,
} from '../manners/params/index.js';
import type { Price } from '../wire.js';
import { claimLookupKey } from './lookup-keys.js';
import { LARGEST_UNIT_AMOUNT, newPrice } from './new-price.js';
import { productData, productFor } from './price-product.js';
import { retrieving, theOne } from './reading.js';

/** All that can change in a price; what it costs never does. */
const changeable = {
  active: optional(boolean),
  lookup_key: optional(emptyable(text)),
  metadata: optional(metadata),
  nickname: optional(emptyable(text)),
  transfer_lookup_key: optional(boolean),
};

const newOne = shape({
  ...changeable,
  currency,
  product: optional(text),
  product_data: optional(productData),
  unit_amount: integer({ min: 0, max: LARGEST_UNIT_AMOUNT }),
});

const create = endpoint(newOne, async ({ tx, params }) => {
  const price = newPrice({
    ...params,
    product: await productFor(tx, params),
    amount: params.unit_amount,
    lookupKey: params.lookup_key,
    metadata: changeMetadata({}, params.metadata),
  });
  if (price.lookup_key !== null) {
    await claimLookupKey(tx, price.lookup_key, price.id, params.transfer_lookup_key ?? false);
  }
  await tx.objects.insert(price);
  await tx.events.record('price.created', price);
  return price;
});

const update = endpoint(shape(changeable), async ({ tx, params, id }) => {
  const before = await theOne(tx, 'price', id);
  const { active = before.active, lookup_key = before.lookup_key, nickname = before.nickname } = params;
  if (lookup_key !== null) await claimLookupKey(tx, lookup_key, id, params.transfer_lookup_key ?? false);
  const changed = changeMetadata(before.metadata, params.metadata);
  const after: Price = { ...before, active, lookup_key, nickname, metadata: changed };
  await tx.objects.save(after);
  await tx.events.record('price.updated', after, before);
  return after;
});

const filters = shape({
  ...pageParams,
  active: optional(boolean),
  created,
  currency: optional(currency),
  lookup_keys: optional(list(text)),
  product: optional(text),
});

const listAll = endpoint(filters, ({ tx, params, path }) => {
  const { active, currency: inCurrency, lookup_keys, product, ...rest } = params;
  const where = { active, currency: inCurrency, lookup_key: lookup_keys, product };
  return page(tx, 'price', path, { ...rest, where });
});

export function priceRoutes(api: ApiRouter): void {
  api.post('/prices', create);
  api.get('/prices', listAll);
  api.get('/prices/:id', retrieving('price'));
  api.post('/prices/:id', update);
}
