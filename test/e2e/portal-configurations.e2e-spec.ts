import type { CatalogItem } from '../../src/billing/catalog/catalog.js';
import { PortalConfiguration } from '../../src/subscriptions/account/portal-configuration.service.js';
import { askStripe } from '../support/ask-stripe.js';
import { type Customer, textOf } from '../support/customer.js';
import { eventually } from '../support/eventually.js';
import { type Shop, startShop } from '../support/shop.js';

const PRO: CatalogItem = {
  lookupKey: 'pro_monthly',
  productId: 'pro',
  name: 'Pro',
  description: 'All there is',
  amount: 1500,
  currency: 'usd',
  plan: { interval: 'month', seats: { min: 1, max: 5 } },
};
const STORAGE: CatalogItem = {
  ...PRO,
  lookupKey: 'storage_monthly',
  productId: 'storage',
  name: 'Storage',
  plan: { interval: 'month', group: 'storage' },
};
const BOOK: CatalogItem = { ...PRO, lookupKey: 'book', productId: 'book', name: 'A book' };
delete BOOK.plan;

interface Configuration {
  id: string;
  active: boolean;
  metadata: { app_name?: string; plan_group?: string };
  features: { subscription_update: { products: { product: string }[] } };
}

describe('the portal', () => {
  let shop: Shop;
  let jenny: Customer;
  beforeEach(async () => {
    shop = await startShop({ catalog: [BOOK, PRO, STORAGE] });
    jenny = shop.customer();
  });
  afterEach(() => shop.stop());

  const ask = <T extends object>(path: string, body?: Record<string, string>) =>
    askStripe<T>(shop.sandbox.url, `/v1/${path}`, body);
  const configurations = async () => {
    const { data } = await ask<{ data: Configuration[] }>('billing_portal/configurations?limit=100&active=true');
    return data.filter(({ metadata }) => metadata.app_name !== undefined);
  };
  const productsByGroup = async () =>
    Object.fromEntries(
      (await configurations()).map(({ metadata, features }) => [
        metadata.plan_group,
        features.subscription_update.products.map(({ product }) => product),
      ]),
    );

  it('has a configuration for each group, which a further sync finds again', async () => {
    expect(await productsByGroup()).toEqual({ main: ['pro'], storage: ['storage'] });
    const before = await configurations();
    const synced = await shop.app.get(PortalConfiguration).sync();
    expect(synced).toMatchObject([
      { group: 'main', change: 'updated', changesPlans: true },
      { group: 'storage', change: 'updated', changesPlans: true },
    ]);
    expect(await configurations()).toHaveLength(before.length);
  });

  it('takes over the one that an older version made for all groups, and ends those of groups that are gone', async () => {
    const [main] = (await configurations()).filter(({ metadata }) => metadata.plan_group === 'main');
    await ask(`billing_portal/configurations/${main?.id}`, { 'metadata[plan_group]': '' });
    const gone = { 'metadata[app_name]': main?.metadata.app_name ?? '', 'metadata[plan_group]': 'gone' };
    await ask('billing_portal/configurations', { ...gone, 'features[invoice_history][enabled]': 'true' });
    const synced = await shop.app.get(PortalConfiguration).sync();
    expect(synced[0]).toMatchObject({ group: 'main', id: main?.id, change: 'updated' });
    expect(Object.keys(await productsByGroup()).toSorted()).toEqual(['main', 'storage']);
  });

  it('offers the plans of the own group, and no more seats than the plan has', async () => {
    const shopPage = await jenny.get('/');
    const opened = await jenny.submit(shopPage, '/create-checkout-session', { price: 'pro_monthly' });
    await jenny.payByCard(await jenny.get(opened.location ?? ''));
    const live = async () => (await ask<{ data: { id: string }[] }>('subscriptions')).data[0];
    const subscription = await eventually('the subscription', live);
    await eventually('the account shows it', async () => textOf(await jenny.get('/account')).includes('Pro'));
    const portal = await jenny.submit(await jenny.get('/account'), '/account/portal', { flow: '' });
    const update = `${portal.location}/subscriptions/${subscription.id}`;
    const plans = await jenny.get(`${update}/update`);
    expect(textOf(plans)).toContain('Pro');
    expect(textOf(plans)).not.toContain('Storage');
    expect(plans.html).toContain('max="5"');
    const [price] = (await ask<{ data: { id: string }[] }>('prices?lookup_keys[]=pro_monthly')).data;
    const seats = async (quantity: number) =>
      (await jenny.get(`${update}/confirm?price=${price?.id}&quantity=${quantity}`)).status;
    expect([await seats(5), await seats(6)]).toEqual([200, 409]);
  });
});
