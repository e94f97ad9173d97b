import { CatalogSync } from '../../src/billing/catalog/catalog-sync.service.js';
import type { CatalogItem } from '../../src/billing/catalog/catalog.js';
import { Offers } from '../../src/billing/catalog/offers.service.js';
import { PaymentReader } from '../../src/payments/account/payment-reader.service.js';
import { askStripe } from '../support/ask-stripe.js';
import { type Customer, textOf } from '../support/customer.js';
import { type Shop, startShop } from '../support/shop.js';

describe('a customer who clicks Buy Now again', () => {
  let shop: Shop;
  let items: CatalogItem[];
  beforeEach(async () => {
    const book = { productId: 'book', name: 'A book', description: 'To read' };
    items = [{ ...book, lookupKey: 'book', amount: 1500, currency: 'usd' }];
    shop = await startShop({ catalog: items });
  });
  afterEach(() => shop.stop());

  const click = async (customer: Customer) => customer.submit(await customer.get('/'), '/create-checkout-session');
  const openAtStripe = async () => {
    const path = '/v1/checkout/sessions?status=open&limit=100';
    return (await askStripe<{ data: { id: string; url: string }[] }>(shop.sandbox.url, path)).data;
  };
  const statuses = async () => {
    const { payments } = await shop.app.get(PaymentReader).list({});
    return payments.map(({ status }) => status);
  };

  it('comes to the same checkout, also in another tab at the same moment [Build 4]', async () => {
    const tabs = Array.from({ length: 5 }, () => shop.customer());
    const answers = await Promise.all(tabs.map(click));
    expect(answers.map(({ status }) => status)).toEqual(tabs.map(() => 303));
    expect(new Set([...answers, await click(shop.customer())].map(({ location }) => location)).size).toBe(1);
    expect(await statuses()).toEqual(['pending']);
    expect(await openAtStripe()).toMatchObject([{ url: answers[0]?.location }]);
  });

  it('after paying in one tab buys it once more, deliberately', async () => {
    const customer = shop.customer();
    shop.sandbox.holdWebhooks();
    await customer.buy();
    await customer.buy();
    expect((await statuses()).toSorted()).toEqual(['paid', 'pending']); // the last one's event is held
  });

  it('after the price has changed pays the new price, and can pay the old one no more [Build 4]', async () => {
    const customer = shop.customer();
    const old = await click(customer);
    Object.assign(items[0] ?? {}, { amount: 1800 });
    await shop.app.get(CatalogSync).sync();
    shop.app.get(Offers).refresh();
    const opened = await click(customer);
    expect(opened.location).not.toBe(old.location);
    expect(textOf(await customer.get(opened.location ?? ''))).toContain('$18.00');
    expect(await openAtStripe()).toMatchObject([{ url: opened.location }]);
    expect((await statuses()).toSorted()).toEqual(['expired', 'pending']);
  });

  it('while Stripe does not answer reads so, and finds the same checkout afterwards [Build 4]', async () => {
    const customer = shop.customer();
    const opened = await click(customer);
    shop.sandbox.injectFault({ fault: 'server_error', only: 'GET /v1/checkout/sessions/*', times: 4 });
    const refused = await click(customer);
    expect(refused.status).toBe(503);
    expect((await click(customer)).location).toBe(opened.location);
    expect(await openAtStripe()).toHaveLength(1);
  });

  it('after Stripe made the checkout and did not say so finds it [Build 4]', async () => {
    const customer = shop.customer();
    shop.sandbox.injectFault({ fault: 'reset', when: 'after', only: 'POST /v1/checkout/sessions', times: 4 });
    expect((await click(customer)).status).toBe(503);
    const opened = await click(customer);
    expect(opened.status).toBe(303);
    expect(await openAtStripe()).toMatchObject([{ url: opened.location }]);
    expect(await statuses()).toEqual(['pending']);
  });
});
