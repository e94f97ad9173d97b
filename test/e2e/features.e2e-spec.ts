import type { CatalogItem } from '../../src/billing/catalog/catalog.js';
import { FeatureSync } from '../../src/billing/catalog/feature-sync.service.js';
import { askStripe } from '../support/ask-stripe.js';
import { type Shop, startShop } from '../support/shop.js';

const aPlan = (lookupKey: string, features: string[], changes: Partial<CatalogItem> = {}): CatalogItem => ({
  lookupKey,
  productId: 'pro',
  name: 'Pro',
  description: 'All there is',
  amount: 1500,
  currency: 'usd',
  plan: { interval: 'month', features },
  ...changes,
});

describe('the features of plans, at Stripe', () => {
  let shop: Shop;
  let items: CatalogItem[];
  beforeEach(async () => {
    items = [
      aPlan('monthly', ['pro', 'reports']),
      aPlan('yearly', ['pro', 'reports', 'support']),
      aPlan('basic', ['reports'], { productId: 'basic' }),
    ];
    shop = await startShop({ catalog: items });
  });
  afterEach(() => shop.stop());

  const ask = <T extends object>(path: string, body?: Record<string, string>) =>
    askStripe<T>(shop.sandbox.url, `/v1/${path}`, body);
  const featuresOf = async (product: string) => {
    const { data } = await ask<{ data: { entitlement_feature: { lookup_key: string } }[] }>(
      `products/${product}/features`,
    );
    return data.map(({ entitlement_feature: { lookup_key } }) => lookup_key).toSorted();
  };
  const sync = () => shop.app.get(FeatureSync).sync();

  it('are those that all plans of a product have, and a further sync changes nothing', async () => {
    expect([await featuresOf('pro'), await featuresOf('basic')]).toEqual([['pro', 'reports'], ['reports']]);
    expect((await ask<{ data: object[] }>('entitlements/features')).data).toHaveLength(2);
    expect(await sync()).toEqual([]);
  });

  it("follow the catalog, and leave others' features alone", async () => {
    const other = await ask<{ id: string }>('entitlements/features', { lookup_key: 'others', name: 'Others' });
    await ask('products/pro/features', { entitlement_feature: other.id });
    Object.assign(items[0] ?? {}, { plan: { interval: 'month', features: ['pro', 'support'] } });
    expect(await sync()).toEqual([{ productId: 'pro', attached: ['support'], detached: ['reports'] }]);
    expect(await featuresOf('pro')).toEqual(['others', 'pro', 'support']);
  });
});
