import {
  boolean,
  changeMetadata,
  emptyable,
  integer,
  list,
  metadata,
  optional,
  shape,
  text,
  type ValueOf,
} from '../manners/params/index.js';
import type { Product } from '../wire.js';

const dimension = integer({ min: 0 });

export const changeable = {
  active: optional(boolean),
  description: optional(emptyable(text)),
  images: optional(emptyable(list(text))),
  marketing_features: optional(emptyable(list(shape({ name: text })))),
  metadata: optional(metadata),
  name: optional(text),
  package_dimensions: optional(
    emptyable(shape({ height: dimension, length: dimension, weight: dimension, width: dimension })),
  ),
  shippable: optional(boolean),
  statement_descriptor: optional(text),
  tax_code: optional(emptyable(text)),
  unit_label: optional(emptyable(text)),
  url: optional(emptyable(text)),
};

const changes = shape(changeable);

/** What was not mentioned stays. */
export function changedProduct(before: Product, said: ValueOf<typeof changes>): Product {
  const { images = before.images, marketing_features = before.marketing_features, metadata: asked, ...rest } = said;
  const mentioned = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
  return {
    ...before,
    ...mentioned,
    images: images ?? [],
    marketing_features: marketing_features ?? [],
    metadata: changeMetadata(before.metadata, asked),
  };
}
