import { PaymentReader } from '../../src/payments/account/payment-reader.service.js';
import { askStripe } from '../support/ask-stripe.js';
import { type Customer, type Page, sessionIdOf } from '../support/customer.js';
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
    Object.assign(pages, await planPages(customer));
    pages.shop = await customer.get('/');
    pages.cancelled = await customer.get('/cancel');
    pages.missing = await customer.get('/nowhere');
    return pages;
  }

  async function planPages(customer: Customer): Promise<Record<string, Page>> {
    const pages: Record<string, Page> = {};
    const fields = { _csrf: await customer.csrf(), price: 'nest_stripe_billing_pro_monthly', quantity: '2' };
    const { location } = await customer.post('/create-checkout-session', fields);
    const sid = sessionIdOf(await customer.payByCard(await customer.get(location ?? '')));
    pages.subscribed = await customer.get(`/subscribed?checkout_sid=${sid}`);
    pages.plan = await customer.get('/account');
    const [change = ''] = /\/account\/subscriptions\/\w+\/change/.exec(pages.plan.html) ?? [];
    pages.choose = await customer.get(change);
    pages.same = await customer.submit(pages.choose, '/change', { plan: 'nest_stripe_billing_pro_monthly' });
    const yearly = { plan: 'nest_stripe_billing_pro_yearly' };
    pages.preview = await customer.get((await customer.submit(pages.choose, '/change', yearly)).location ?? '');
    await askStripe(shop.sandbox.url, change.replace('/account', '/v1').replace('/change', ''), { trial_end: 'now' });
    await askStripe(shop.sandbox.url, change.replace('/account', '/v1').replace('/change', '/pause'), {});
    const isPaused = async () => (pages.paused = await customer.get('/account')).html.includes('/resume');
    await eventually('it is paused', isPaused);
    return pages;
  }
});
