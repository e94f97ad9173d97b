import { PaymentReader } from '../../src/payments/account/payment-reader.service.js';
import type { Customer, Page } from '../support/customer.js';
import { eventually } from '../support/eventually.js';
import { htmlFaults, weightOf } from '../support/page-audit.js';
import { type Shop, startShop } from '../support/shop.js';

/** Bytes of a page with all that it loads, compressed. */
const HEAVIEST = 40_000;

describe('each page', () => {
  let shop: Shop;
  beforeAll(async () => {
    shop = await startShop({
      settings: { SUPPORT_EMAIL: 'help@example.com', SHOP_LEGAL_LINES: 'A Ltd|VAT 1', SHOP_ACCENT: '#0f766e' },
    });
  });
  afterAll(() => shop.stop());

  it('is valid HTML, and weighs less than 40 kB with all that it loads', async () => {
    const customer = shop.customer('walks@example.com');
    const found: string[] = [];
    for (const [what, page] of Object.entries(await allPages(customer))) {
      found.push(...(await htmlFaults(page.html)).map((fault) => `${what}: ${fault}`));
      const weight = await weightOf(shop.url, page.html);
      if (weight > HEAVIEST) found.push(`${what} weighs ${weight}`);
    }
    expect(found).toEqual([]);
  });

  it('is compressed, but for what is too small, and has a CSRF token that differs each time', async () => {
    const get = () => fetch(`${shop.url}/`, { headers: { 'accept-encoding': 'gzip' } });
    const [one, other] = [await get(), await get()];
    expect(one.headers.get('content-encoding')).toBe('gzip');
    const token = async (answer: Response) => /name="_csrf" value="(\w+)"/.exec(await answer.text())?.[1];
    expect(await token(one)).not.toBe(await token(other));
    const health = await fetch(`${shop.url}/health/live`, { headers: { 'accept-encoding': 'gzip' } });
    expect(health.headers.get('content-encoding')).toBeNull();
  });

  async function allPages(customer: Customer): Promise<Record<string, Page>> {
    const newest = async () => (await shop.app.get(PaymentReader).list({ email: customer.email })).payments[0];
    const pages: Record<string, Page> = { empty: await customer.get('/account') };
    const sid = await customer.buy();
    await eventually('it is paid', async () => (await newest())?.status === 'paid');
    pages.success = await customer.get(`/success?checkout_sid=${sid}`);
    pages.tooMuch = await customer.submit(await customer.get('/account'), '/refund', { part: '99' });
    await customer.submit(await customer.get('/account'), '/refund', { part: '5.00' });
    pages.refunded = await customer.get('/account');
    pages.receipt = await customer.get(`/account/payments/${(await newest())?.id}`);
    const checkout = await customer.goToCheckout();
    const open = checkout.url.split('/').at(-1)?.split('#')[0];
    pages.waiting = await customer.get(`/success?checkout_sid=${open}`);
    pages.stopped = await customer.get(`/success?checkout_sid=${open}&look=7`);
    pages.order = await customer.get(`/account/payments/${(await newest())?.id}`);
    for (let more = 0; more < 20; more++) await customer.buy();
    pages.account = await customer.get('/account');
    pages.paid = await customer.get('/account?status=paid');
    pages.none = await customer.get('/account?status=disputed');
    pages.shop = await customer.get('/');
    pages.cancelled = await customer.get('/cancel');
    pages.missing = await customer.get('/nowhere');
    return pages;
  }
});
