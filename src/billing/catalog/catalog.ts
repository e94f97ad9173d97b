import type { Env } from '../../config/env.js';

/** One thing that can be bought. `npm run cli -- catalog sync` brings it to Stripe. */
export interface CatalogItem {
  /** Names the price, here and at Stripe, for good; forms send it. */
  lookupKey: string;
  /** The product at Stripe. Several items may be prices of one product. */
  productId: string;
  name: string;
  description: string;
  /** In the currency's minor unit: 1999 is USD 19.99 but JPY 1,999. A changed amount makes a new price at Stripe. */
  amount: number;
  /** ISO 4217, in lower case. */
  currency: string;
}

/** What is sold here: change it, add to it; the boot checks it. The first item is what a form without a price buys. */
export const catalog = (env: Env): CatalogItem[] => [
  {
    lookupKey: 'nest_stripe_billing_demo',
    productId: 'nest_stripe_billing_demo',
    name: env.appName,
    description: 'A demonstration of a payment, from the button to the books.',
    amount: 1999,
    currency: 'usd',
  },
];

/** Injects the catalog, so that tests can sell other things: `@Inject(CATALOG) items: CatalogItem[]`. */
export const CATALOG = Symbol('CATALOG');
