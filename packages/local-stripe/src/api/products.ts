import { unixNow } from '../model/clock.js';
import { newId } from '../model/ids.js';
import type { Tx } from '../state/store.js';
import type { ApiRouter } from '../conventions/api-router.js';
import { endpoint } from '../conventions/endpoint.js';
import { created, page, pageParams } from '../conventions/lists.js';
import { boolean, changeMetadata, list, metadata, optional, shape, text } from '../conventions/params/index.js';
import { invalidRequest, noSuch } from '../conventions/errors.js';
import { searching } from '../conventions/search/search.js';
import type { Product } from '../model/wire.js';
import { newPrice, priceFields } from './new-price.js';
import { changeable, changedProduct, newProduct } from './product-params.js';
import { deleting, retrieving, findOr404 } from './reading.js';

const newOne = shape({
  ...changeable,
  default_price_data: optional(shape({ ...priceFields, metadata: optional(metadata) })),
  id: optional(text),
  name: text,
});

const create = endpoint(newOne, async ({ tx, params }) => {
  const { default_price_data: priced, id = newId('product'), ...said } = params;
  if (await tx.objects.isTaken(id)) {
    throw invalidRequest('Product already exists.', 'id', 'resource_already_exists');
  }
  const product = changedProduct(newProduct(id, said.name), said);
  await tx.objects.insert(product);
  await tx.events.record('product.created', product);
  if (!priced) return product;

  const price = newPrice({ ...priced, product: id, metadata: changeMetadata({}, priced.metadata) });
  await tx.objects.insert(price);
  await tx.events.record('price.created', price);
  return saveChanged(tx, product, { ...product, default_price: price.id });
});

const update = endpoint(shape({ ...changeable, default_price: optional(text) }), async ({ tx, params, id }) => {
  const before = await findOr404(tx, 'product', id);
  const { default_price = before.default_price, ...said } = params;
  if (params.default_price !== undefined) await mustBePriceOf(tx, params.default_price, id);
  return saveChanged(tx, before, { ...changedProduct(before, said), default_price, updated: unixNow() });
});

async function saveChanged(tx: Tx, before: Product, after: Product): Promise<Product> {
  await tx.objects.save(after);
  await tx.events.record('product.updated', after, before);
  return after;
}

async function mustBePriceOf({ objects }: Tx, id: string, product: string): Promise<void> {
  const price = await objects.find('price', id);
  if (!price) throw noSuch('price', id, 'default_price');
  if (price.product !== product) {
    throw invalidRequest(`The price ${id} does not belong to the product ${product}.`, 'default_price');
  }
}

/** A product with prices cannot be deleted: it may have been sold. */
const remove = deleting('product', async (tx, product) => {
  if ((await tx.objects.list('price', { limit: 1, where: { product: product.id } })).length > 0) {
    throw invalidRequest('This product cannot be deleted because it has one or more user-created prices.');
  }
  await tx.events.record('product.deleted', product);
});

const filters = shape({
  ...pageParams,
  active: optional(boolean),
  created,
  ids: optional(list(text)),
  shippable: optional(boolean),
  url: optional(text),
});

const listAll = endpoint(filters, ({ tx, params: { active, ids, shippable, url, ...rest }, path }) =>
  page(tx, 'product', path, { ...rest, where: { active, id: ids, shippable, url } }),
);

export function productRoutes(api: ApiRouter): void {
  api.post('/products', create);
  api.get('/products', listAll);
  api.get('/products/search', searching('product'));
  api.get('/products/:id', retrieving('product'));
  api.post('/products/:id', update);
  api.delete('/products/:id', remove);
}
