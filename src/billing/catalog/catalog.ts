import type { Env } from '../../config/env.js';
import { partsOfAppName } from '../../config/shop-face.js';

/** Something to sell. `npm run cli -- catalog sync` creates or updates it at Stripe. */
export interface CatalogItem {
  /** Identifies the price, here and at Stripe. Forms send it. Do not change it later. */
  lookupKey: string;
  /** Id of the product at Stripe. Several items may be prices of one product. */
  productId: string;
  name: string;
  description: string;
  /** A picture for the shop page: the name of a file in `views/assets`, 4:3. */
  image?: string;
  /** In the currency's minor unit: 1999 is USD 19.99 but JPY 1,999. Changing it creates a new price at Stripe. */
  amount: number;
  /** ISO 4217, in lower case. */
  currency: string;
}

/** The catalog of this shop: edit it. It is checked at boot. A form without `price` buys the first item. */
export const catalog = (env: Env): CatalogItem[] => [
  {
    lookupKey: 'nest_stripe_billing_demo',
    productId: 'nest_stripe_billing_demo',
    name: partsOfAppName(env.appName).product,
    description:
      'A gift box with nothing in it, well wrapped. Buy it to see a payment go from the button to the books.',
    image: 'demo-product.svg',
    amount: 1999,
    currency: 'usd',
  },
];

/** Injects the catalog, which tests replace: `@Inject(CATALOG) items: CatalogItem[]`. */
export const CATALOG = Symbol('CATALOG');
