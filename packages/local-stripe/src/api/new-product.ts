import { unixNow } from '../clock.js';
import type { Product } from '../wire.js';

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
