import { unixNow } from '../clock.js';
import { newId } from '../ids.js';
import type { ApiRouter } from '../manners/api-router.js';
import { endpoint } from '../manners/endpoint.js';
import { created, page, pageParams } from '../manners/lists.js';
import {
  boolean,
  changeMetadata,
  emptyable,
  list,
  metadata,
  optional,
  shape,
  text,
  type ValueOf,
} from '../manners/params/index.js';
import { invalidRequest } from '../manners/refusals.js';
import type { Product } from '../wire.js';
import { newProduct } from './new-product.js';
import { retrieving, theOne } from './reading.js';

const changeable = {
  active: optional(boolean),
  description: optional(emptyable(text)),
  images: optional(emptyable(list(text))),
  metadata: optional(metadata),
  name: optional(text),
  statement_descriptor: optional(text),
  tax_code: optional(emptyable(text)),
  unit_label: optional(emptyable(text)),
  url: optional(emptyable(text)),
};
const changes = shape(changeable);

const create = endpoint(shape({ ...changeable, id: optional(text), name: text }), async ({ tx, params }) => {
  const { id = newId('product'), name, ...rest } = params;
  if (await tx.objects.find('product', id)) {
    throw invalidRequest('Product already exists.', 'id', 'resource_already_exists');
  }
  const product = changed(newProduct(id, name), { ...rest, name });
  await tx.objects.insert(product);
  await tx.events.record('product.created', product);
  return product;
});

const update = endpoint(changes, async ({ tx, params, id }) => {
  const before = await theOne(tx, 'product', id);
  const after = { ...changed(before, params), updated: unixNow() };
  await tx.objects.save(after);
  await tx.events.record('product.updated', after, before);
  return after;
});

const filters = shape({ ...pageParams, active: optional(boolean), created, ids: optional(list(text)) });

const listAll = endpoint(filters, ({ tx, params: { active, ids, ...rest }, path }) =>
  page(tx, 'product', path, { ...rest, where: { active, id: ids } }),
);

export function productRoutes(api: ApiRouter): void {
  api.post('/products', create);
  api.get('/products', listAll);
  api.get('/products/:id', retrieving('product'));
  api.post('/products/:id', update);
}

/** What was not mentioned stays. */
function changed(before: Product, said: ValueOf<typeof changes>): Product {
  const { active = before.active, description = before.description, name = before.name, url = before.url } = said;
  const { statement_descriptor = before.statement_descriptor, tax_code = before.tax_code } = said;
  const { images = before.images, unit_label = before.unit_label } = said;
  return {
    ...before,
    active,
    description,
    images: images ?? [],
    metadata: changeMetadata(before.metadata, said.metadata),
    name,
    statement_descriptor,
    tax_code,
    unit_label,
    url,
  };
}
