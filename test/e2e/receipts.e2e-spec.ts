import { PaymentReader } from '../../src/payments/account/payment-reader.service.js';
import { textOf } from '../support/customer.js';
import { type Shop, startShop } from '../support/shop.js';
import { eventually } from '../support/eventually.js';

describe("a payment's receipt", () => {
  let shop: Shop;
  beforeAll(async () => {
    shop = await startShop();
  });
  afterAll(() => shop.stop());

  const buyAndSettle = async (email: string) => {
    const customer = shop.customer(email);
    const sessionId = await customer.buy();
    const payment = await eventually('it is paid', async () => {
      const found = await shop.app.get(PaymentReader).details(sessionId);
      return found?.status === 'paid' && found;
    });
    return { customer, sessionId, path: `/account/payments/${payment.id}` };
  };

  it('is linked from the account, and shows what was bought, the amounts, the refunds and the history', async () => {
    const { customer, sessionId, path } = await buyAndSettle('receipt@example.com');
    expect((await customer.get('/account')).html).toContain(`href="${path}"`);
    const part = { _csrf: await customer.csrf(), checkout_sid: sessionId, amount: '500' };
    await customer.post('/refund', part);
    const page = await customer.get(path);
    expect([page.status, page.headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect(textOf(page)).toMatch(
      /Receipt \$19\.99 Partly refunded .*Demo Product .*receipt@example\.com .*Amount \$19\.99 Refunded \$5\.00 Remains \$14\.99/,
    );
    expect(textOf(page)).toMatch(
      /Refund of \$5\.00, done .*History .*Purchase started .*UTC Paid .*UTC Partly refunded/,
    );
    const again = await customer.submit(page, '/refund');
    expect(again.status).toBe(303);
  });

  it("leads to Stripe's own receipt", async () => {
    const { customer, path } = await buyAndSettle('link@example.com');
    const page = await eventually('the event of the charge is handled', async () => {
      const found = await customer.get(path);
      return found.html.includes('Stripe&#x27;s receipt') || found.html.includes("Stripe's receipt")
        ? found
        : undefined;
    });
    const href = /href="([^"]+)" rel="noreferrer"/.exec(page.html)?.[1]?.replaceAll('&#x3D;', '=');
    expect(href).toMatch(/\/receipts\/ch_/);
    expect((await fetch(href ?? '')).status).toBe(200);
  });

  it('of a checkout that is still open shows that the last attempt was declined, and why', async () => {
    const customer = shop.customer('declined@example.com');
    await customer.payByCard(await customer.goToCheckout(), '4000 0000 0000 9995');
    const { payments } = await shop.app.get(PaymentReader).list({ email: 'declined@example.com' });
    const path = `/account/payments/${payments[0]?.id}`;
    await eventually('the event of the decline is handled', async () =>
      textOf(await customer.get(path)).includes('declined: not enough money on the account'),
    );
    expect(textOf(await customer.get(path))).toContain('Waiting for payment');
  });

  it('is none while nothing was paid: an order, which leads back to its open checkout [Build 9]', async () => {
    const customer = shop.customer('order@example.com');
    const checkout = await customer.goToCheckout();
    const { payments } = await shop.app.get(PaymentReader).list({ email: 'order@example.com' });
    const account = await customer.get('/account');
    const order = await customer.get(`/account/payments/${payments[0]?.id}`);
    expect(account.html).toMatch(/aria-label="Order of/);
    expect(order.html).toContain('<h1>Order</h1>');
    expect(textOf(order)).toMatch(/Nothing has been paid yet.*there is no receipt to print/);
    expect(order.html).not.toMatch(/Receipt/);
    const again = await customer.submit(order, '/create-checkout-session');
    expect([again.status, again.location]).toEqual([303, checkout.url]);
  });

  it('is a 404 to everybody else, the same as a missing one', async () => {
    const { path } = await buyAndSettle('owner@example.com');
    const stranger = shop.customer('stranger@example.com');
    const [theirs, missing] = [await stranger.get(path), await stranger.get('/account/payments/none')];
    expect([theirs.status, missing.status]).toEqual([404, 404]);
    expect(textOf(theirs)).toContain('Payment not found');
    expect(textOf(theirs)).not.toContain('owner@example.com');
  });
});
