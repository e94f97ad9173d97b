import { newId } from '../model/ids.js';
import type { Tx } from '../state/store.js';
import { changeMetadata, list, metadata, optional, shape, text, type ValueOf } from '../conventions/params/index.js';
import { invalidRequest, missingParameter, noSuch } from '../conventions/errors.js';
import { newProduct } from './product-params.js';

/** `product_data`: a product that is created together with its price. */
export const productData = shape({
  name: text,
  description: optional(text),
  images: optional(list(text)),
  metadata: optional(metadata),
});

interface Given {
  product: string | undefined;
  product_data: ValueOf<typeof productData> | undefined;
}

/** The id of a price's product: the given one, or a new one. With `inlineParam`, the parameter of an inline price, it is created archived. */
export async function productFor(tx: Tx, given: Given, inlineParam = ''): Promise<string> {
  const paramOf = (name: string): string => (inlineParam ? `${inlineParam}[${name}]` : name);
  const { product: id, product_data: data } = given;
  if (id !== undefined && data) {
    throw invalidRequest('You may only specify one of these parameters: product, product_data.', paramOf('product'));
  }
  if (id !== undefined) {
    if (!(await tx.objects.find('product', id))) throw noSuch('product', id, paramOf('product'));
    return id;
  }
  if (!data) throw missingParameter(paramOf('product'));

  const product = {
    ...newProduct(newId('product'), data.name),
    active: inlineParam === '',
    description: data.description ?? null,
    images: data.images ?? [],
    metadata: changeMetadata({}, data.metadata),
  };
  await tx.objects.insert(product);
  await tx.events.record('product.created', product);
  return product.id;
}
