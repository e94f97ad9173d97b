import {
  boolean,
  changeMetadata,
  emptyable,
  integer,
  list,
  metadata,
  oneOf,
  optional,
  shape,
  text,
  type ValueOf,
} from '../conventions/params/index.js';
import type { Product } from '../model/wire.js';
import { unixNow } from '../model/clock.js';

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
  type: optional(oneOf('good', 'service')),
  unit_label: optional(emptyable(text)),
  url: optional(emptyable(text)),
};

const changes = shape(changeable);

/** Applies an update: fields that the request leaves out keep their value. */
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

export function newProduct(id: string, name: string): Product {
  return {
    id,
    object: 'product',
    active: true,
    created: unixNow(),
    default_price: null,
    description: null,
    images: [],
    livemode: false,
    marketing_features: [],
    metadata: {},
    name,
    package_dimensions: null,
    shippable: null,
    statement_descriptor: null,
    tax_code: null,
    tax_details: null,
    type: 'service',
    unit_label: null,
    updated: unixNow(),
    url: null,
  };
}
