import { mockStripe } from '../../../test/support/mock-stripe.js';
import type { Price } from '../../stripe/stripe.types.js';
import { CatalogStatus } from './catalog-sync.service.js';
import type { CatalogItem } from './catalog.js';

const PRO: CatalogItem = {
  lookupKey: 'pro',
  productId: 'pro',
  name: 'Pro',
  description: 'All there is',
  amount: 1500,
  currency: 'usd',
  plan: { interval: 'month' },
};
const PRICE = {
  id: 'price_1',
  product: 'pro',
  lookup_key: 'pro',
  unit_amount: 1500,
  currency: 'usd',
  recurring: { interval: 'month', interval_count: 1 },
};

describe('a plan beside its price at Stripe', () => {
  it.each([
    ['in_sync', {}],
    ['differs', { recurring: { interval: 'year', interval_count: 1 } }],
    ['differs', { recurring: { interval: 'month', interval_count: 3 } }],
    ['differs', { recurring: null }],
    ['differs', { product: 'another' }],
    ['differs', { unit_amount: 1600 }],
    ['differs', { currency: 'eur' }],
  ])('is %s where the price has %j', async (state, changes) => {
    const stripe = mockStripe();
    stripe.findPrices.mockResolvedValue([{ ...PRICE, ...changes } as unknown as Price]);
    const [status] = await new CatalogStatus(stripe, [PRO]).list();
    expect(status).toMatchObject({ state, atStripe: { priceId: 'price_1' } });
  });
});
