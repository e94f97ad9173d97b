import type { ApiRouter } from '../conventions/api-router.js';
import { endpoint } from '../conventions/endpoint.js';
import { created, page, pageParams } from '../conventions/lists.js';
import {
  boolean,
  changeMetadata,
  currency,
  emptyable,
  list,
  metadata,
  oneOf,
  optional,
  shape,
  text,
} from '../conventions/params/index.js';
import { invalidRequest } from '../conventions/errors.js';
import { searching } from '../conventions/search/search.js';
import type { Price } from '../model/wire.js';
import { currencyOptions, newPrice, priceFields, recurringFilter } from './new-price.js';
import { planOf } from '../billing/plan-of.js';
import { tierFields, tiersOf } from './price-tiers.js';
import { productData, productFor } from './price-product.js';
import { retrieving, findOr404 } from './reading.js';
import type { Tx } from '../state/store.js';

/** Takes a lookup key from the price that has it. Throws ApiError 400 unless `transfer` is true: a key belongs to one price at a time. */
export async function claimLookupKey(tx: Tx, key: string, priceId: string, transfer: boolean): Promise<void> {
  const [holder] = await tx.objects.list('price', { limit: 1, where: { lookup_key: key } });
  if (!holder || holder.id === priceId) return;
  if (!transfer) throw invalidRequest(`A price (\`${holder.id}\`) already uses that lookup key.`, 'lookup_key');

  const freed = { ...holder, lookup_key: null };
  await tx.objects.save(freed);
  await tx.events.record('price.updated', freed, holder);
}

/** The fields of a price that can be updated; its amount cannot. */
const changeable = {
  active: optional(boolean),
  lookup_key: optional(emptyable(text)),
  metadata: optional(metadata),
  nickname: optional(emptyable(text)),
  transfer_lookup_key: optional(boolean),
};

const newOne = shape({
  ...changeable,
  ...priceFields,
  ...tierFields,
  currency_options: currencyOptions,
  product: optional(text),
  product_data: optional(productData),
  unit_amount: optional(priceFields.unit_amount),
});

const create = endpoint(newOne, async ({ tx, params }) => {
  const { currency_options: options = {} } = params;
  if (Object.hasOwn(options, params.currency)) {
    const message =
      'You are specifying a currency option that matches the top-level currency for this price. Please remove this currency option and it will be added automatically on creation.';
    throw invalidRequest(message, `currency_options[${params.currency}]`);
  }
  const tiers = tiersOf(params);
  const price = newPrice({
    ...params,
    tiers,
    unit_amount: params.unit_amount ?? null,
    product: await productFor(tx, params),
    metadata: changeMetadata({}, params.metadata),
  });
  if (price.lookup_key !== null) {
    await claimLookupKey(tx, price.lookup_key, price.id, params.transfer_lookup_key ?? false);
  }
  await tx.objects.insert(price);
  await tx.objects.note('price', price.id, { currencyOptions: options });
  if (price.recurring) await tx.events.record('plan.created', planOf(price));
  await tx.events.record('price.created', price);
  return price;
});

const update = endpoint(
  shape({ ...changeable, tax_behavior: priceFields.tax_behavior }),
  async ({ tx, params, id }) => {
    const before = await findOr404(tx, 'price', id);
    const { active = before.active, lookup_key = before.lookup_key, nickname = before.nickname } = params;
    const { tax_behavior = before.tax_behavior } = params;
    if (tax_behavior !== before.tax_behavior && before.tax_behavior !== 'unspecified') {
      throw invalidRequest('The tax behavior of a price cannot be changed once it is set.', 'tax_behavior');
    }
    if (lookup_key !== null) await claimLookupKey(tx, lookup_key, id, params.transfer_lookup_key ?? false);
    const changed = changeMetadata(before.metadata, params.metadata);
    const after: Price = { ...before, active, lookup_key, nickname, tax_behavior, metadata: changed };
    await tx.objects.save(after);
    await tx.events.record('price.updated', after, before);
    return after;
  },
);

const filters = shape({
  ...pageParams,
  active: optional(boolean),
  created,
  currency: optional(currency),
  lookup_keys: optional(list(text)),
  product: optional(text),
  recurring: recurringFilter,
  type: optional(oneOf('one_time', 'recurring')),
});

const listAll = endpoint(filters, ({ tx, params, path }) => {
  const { active, currency: inCurrency, lookup_keys, product, recurring, type, ...rest } = params;
  const { interval, usage_type } = recurring ?? {};
  const paid = { 'recurring.interval': interval, 'recurring.usage_type': usage_type, type };
  const where = { active, currency: inCurrency, lookup_key: lookup_keys, product, ...paid };
  return page(tx, 'price', path, { ...rest, where });
});

export function priceRoutes(api: ApiRouter): void {
  api.post('/prices', create);
  api.get('/prices', listAll);
  api.get('/prices/search', searching('price'));
  api.get('/prices/:id', retrieving('price'));
  api.post('/prices/:id', update);
}
