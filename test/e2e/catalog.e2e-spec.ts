import { CatalogStatus, CatalogSync } from '../../src/billing/catalog/catalog-sync.service.js';
import type { CatalogItem } from '../../src/billing/catalog/catalog.js';
import { FeatureSync } from '../../src/billing/catalog/feature-sync.service.js';
import { PortalConfiguration } from '../../src/subscriptions/account/portal-configuration.service.js';
import { Offers } from '../../src/billing/catalog/offers.service.js';
import { Env } from '../../src/config/env.js';
import { StripeService } from '../../src/stripe/stripe.service.js';
import { askStripe } from '../support/ask-stripe.js';
import { textOf } from '../support/customer.js';
import { type Shop, startShop } from '../support/shop.js';

describe('the catalog', () => {
  let shop: Shop;
  let items: CatalogItem[];
  beforeEach(async () => {
    const common = { productId: 'book', name: 'A book', description: 'To read' };
    items = [
      { ...common, lookupKey: 'book_usd', amount: 1500, currency: 'usd' },
      { ...common, lookupKey: 'book_jpy', amount: 2000, currency: 'jpy' },
    ];
    shop = await startShop({ catalog: items });
  });
  afterEach(() => shop.stop());

  const sync = () => shop.app.get(CatalogSync).sync();
  const stripe = () => shop.app.get(StripeService);
  const activePrices = async () => (await stripe().activePricesOf('book')).map(({ unit_amount }) => unit_amount);

  it('is synced at boot, and a further sync changes nothing', async () => {
    expect((await activePrices()).toSorted()).toEqual([1500, 2000]);
    const before = await stripe().activePricesOf('book');
    expect(await sync()).toMatchObject([
      { product: 'unchanged', price: 'unchanged', archivedPrices: [] },
      { product: 'unchanged', price: 'unchanged', archivedPrices: [] },
    ]);
    expect(await stripe().activePricesOf('book')).toEqual(before);
  });

  it('makes a new price for a changed amount, which takes the key over and archives the old one', async () => {
    const [old] = await stripe().findPrices(['book_usd']);
    Object.assign(items[0] ?? {}, { amount: 1800 });
    expect(await sync()).toMatchObject([{ price: 'created', archivedPrices: [old?.id] }, { price: 'unchanged' }]);
    expect((await activePrices()).toSorted()).toEqual([1800, 2000]);
    expect(await stripe().findPrices(['book_usd'])).toMatchObject([{ unit_amount: 1800 }]);
    shop.app.get(Offers).refresh();
    expect(textOf(await shop.customer().get('/'))).toMatch(/\$18\.00.*¥2,000/);
  });

  it('tidies up after a sync that was cut short', async () => {
    const metadata = { app_name: shop.app.get(Env).appName };
    const stray = { productId: 'book', currency: 'usd', amount: 1, lookupKey: 'book_stray', metadata };
    await stripe().createPrice(stray);
    await sync();
    expect((await activePrices()).toSorted()).toEqual([1500, 2000]);
  });

  it('keeps a price for each item when two instances sync at once', async () => {
    Object.assign(items[0] ?? {}, { amount: 1800 });
    await Promise.all([sync(), sync()]);
    expect((await activePrices()).toSorted()).toEqual([1800, 2000]);
  });

  it('leaves alone what was priced by hand', async () => {
    await stripe().createPrice({ productId: 'book', currency: 'eur', amount: 9, lookupKey: 'by_hand', metadata: {} });
    await sync();
    expect((await activePrices()).toSorted((a, b) => Number(a) - Number(b))).toEqual([9, 1500, 2000]);
  });

  it('leaves a price as it is to which a seller gave other currencies [M1]', async () => {
    const { id } = await askStripe<{ id: string }>(shop.sandbox.url, '/v1/prices', {
      product: 'book',
      currency: 'usd',
      unit_amount: '1500',
      'currency_options[eur][unit_amount]': '1399',
      lookup_key: 'book_usd',
      transfer_lookup_key: 'true',
    });
    expect(await sync()).toMatchObject([{ price: 'unchanged', priceId: id }, { price: 'unchanged' }]);
    expect(await shop.app.get(CatalogStatus).list()).toMatchObject([
      { state: 'in_sync', atStripe: { priceId: id, amount: 1500, currency: 'usd' } },
      { state: 'in_sync' },
    ]);
    shop.app.get(Offers).refresh();
    expect(await shop.app.get(Offers).current()).toMatchObject([{ priceId: id, otherPrices: { eur: 1399 } }, {}]);
  });

  it('follows a new name and description', async () => {
    for (const item of items) item.name = 'A better book';
    expect((await sync())[0]).toMatchObject({ product: 'updated' });
    expect((await stripe().findProduct('book'))?.name).toBe('A better book');
  });

  it('does not touch the product of another app on the same account', async () => {
    const env = shop.app.get(Env).with({ appName: 'Another app' });
    const other = new CatalogSync(env, stripe(), shop.app.get(PortalConfiguration), shop.app.get(FeatureSync), items);
    await expect(other.sync()).rejects.toThrow(/belongs to the app ".*Demo Product"/);
    await expect(other.archive()).rejects.toThrow(/belongs to the app/);
  });

  it('sells at the new price to a customer whose page is older than it', async () => {
    const customer = shop.customer();
    const page = await customer.get('/');
    Object.assign(items[0] ?? {}, { amount: 1800 });
    await sync();
    const opened = await customer.submit(page, '/create-checkout-session', { price: 'book_usd' });
    expect(opened.status).toBe(303);
    expect(textOf(await customer.get(opened.location ?? ''))).toContain('$18.00');
  });
});
