import type { CatalogItem } from '../../src/billing/catalog/catalog.js';
import { PaymentReader } from '../../src/payments/account/payment-reader.service.js';
import { RefundService } from '../../src/payments/refunds/refund.service.js';
import { EntitlementsService } from '../../src/subscriptions/access/entitlements.service.js';
import { SubscriptionReader } from '../../src/subscriptions/account/subscription-reader.service.js';
import { SubscriptionReconcile } from '../../src/subscriptions/reconcile/subscription-reconcile.service.js';
import { askStripe } from '../support/ask-stripe.js';
import { type Customer, sessionIdOf, textOf } from '../support/customer.js';
import { eventually } from '../support/eventually.js';
import { type Shop, startShop } from '../support/shop.js';

const BOOK: CatalogItem = {
  lookupKey: 'book',
  productId: 'book',
  name: 'A book',
  description: 'To read',
  amount: 900,
  currency: 'usd',
};
const PRO: CatalogItem = {
  ...BOOK,
  lookupKey: 'pro_monthly',
  productId: 'pro',
  name: 'Pro plan',
  amount: 1500,
  plan: { interval: 'month', features: ['pro'] },
};
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const JENNY = { type: 'user', id: 'jenny@example.com' } as const;

describe('the invoices of a subscription', () => {
  let shop: Shop;
  let jenny: Customer;
  beforeEach(async () => {
    shop = await startShop({ catalog: [BOOK, PRO] });
    jenny = shop.customer(JENNY.id);
    const shopPage = await jenny.get('/');
    const opened = await jenny.submit(shopPage, '/create-checkout-session', { price: 'pro_monthly' });
    sessionIdOf(await jenny.payByCard(await jenny.get(opened.location ?? '')));
    await eventually('the first payment', async () => (await payments()).length === 1);
  });
  afterEach(() => shop.stop());

  const payments = async () => (await shop.app.get(PaymentReader).list({})).payments;
  const statuses = async () => (await payments()).map(({ status }) => status);
  const subscription = async () => (await shop.app.get(SubscriptionReader).ofOwner(JENNY))[0];
  const has = () => shop.app.get(EntitlementsService).has(JENNY, 'pro');
  const options = () => ({ since: new Date(0), repair: false, progress: () => undefined });
  const differences = async () => (await shop.app.get(SubscriptionReconcile).run(options())).differences;
  const ask = (path: string, body?: Record<string, string>) =>
    askStripe<{ id: string; customer: string }>(shop.sandbox.url, path, body);

  it('are payments of the same history, with a receipt, once for each that is paid', async () => {
    expect(await payments()).toMatchObject([
      {
        status: 'paid',
        amount: 1500,
        currency: 'usd',
        description: 'Pro plan',
        priceKey: 'pro_monthly',
        email: JENNY.id,
      },
    ]);
    expect(textOf(await jenny.get('/account'))).toMatch(/Pro plan.*\$15\.00.*Paid/);
    const [{ id = '' } = {}] = await payments();
    await eventually('the receipt is known', async () =>
      textOf(await jenny.get(`/account/payments/${id}`)).includes('$15.00'),
    );
    await shop.sandbox.moveClock(32 * DAY_MS);
    await eventually('the renewal is paid', async () => (await statuses()).join() === 'paid,paid');
    await shop.sandbox.moveClock(DAY_MS);
    await eventually('all is as at Stripe', async () => (await differences()).length === 0);
    expect(await statuses()).toEqual(['paid', 'paid']);
  });

  it('are refunded like other payments, and keep access by default', async () => {
    const [{ id = '' } = {}] = await payments();
    expect(await shop.app.get(RefundService).request({ payment: { id }, requestedBy: 'command line' })).toMatchObject({
      outcome: 'refunded',
    });
    await eventually('it is refunded', async () => (await statuses()).join() === 'refunded');
    expect(await has()).toBe(true);
  });

  it('that fail give access for the days of grace, and paying brings it back', async () => {
    const { id = '' } = (await subscription()) ?? {};
    expect(await has()).toBe(true);
    const { customer } = await ask(`/v1/subscriptions/${id}`);
    const card = await ask('/v1/payment_methods/pm_card_chargeCustomerFail/attach', { customer });
    await ask(`/v1/subscriptions/${id}`, { default_payment_method: card.id });
    await shop.sandbox.moveClock(31 * DAY_MS + 3 * HOUR_MS);
    await eventually('the payment failed', async () => (await subscription())?.status === 'past_due');
    await eventually('the grace is known', async () =>
      (await subscription())?.accessReason?.startsWith('payment_failed'),
    );
    expect(await has()).toBe(true);
    await shop.sandbox.moveClock(7 * DAY_MS + HOUR_MS);
    await eventually('the grace is over', async () => !(await has()));
    const good = await ask('/v1/payment_methods/pm_card_visa/attach', { customer });
    await ask(`/v1/subscriptions/${id}`, { default_payment_method: good.id });
    const { latestInvoiceId } = (await subscription()) ?? {};
    await ask(`/v1/invoices/${latestInvoiceId}/pay`, { payment_method: good.id });
    await eventually('it is active again', async () => (await subscription())?.status === 'active');
    await eventually('access is back', has);
    await eventually('it is in the history', async () => (await statuses()).join() === 'paid,paid');
    await eventually('all is as at Stripe', async () => (await differences()).length === 0);
  });
});
