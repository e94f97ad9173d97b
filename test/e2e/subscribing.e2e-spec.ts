import type { CatalogItem } from '../../src/billing/catalog/catalog.js';
import { SubscriptionReader } from '../../src/subscriptions/account/subscription-reader.service.js';
import { askStripe } from '../support/ask-stripe.js';
import { type Customer, sessionIdOf, textOf } from '../support/customer.js';
import { eventually } from '../support/eventually.js';
import { type Shop, startShop } from '../support/shop.js';

const PRO: CatalogItem = {
  lookupKey: 'pro_monthly',
  productId: 'pro',
  name: 'Pro',
  description: 'All there is',
  amount: 1500,
  currency: 'usd',
  plan: { interval: 'month', features: ['pro'], seats: { min: 1, max: 10 } },
};
/** The shop page shows a form for it. */
const BOOK = {
  lookupKey: 'book',
  productId: 'book',
  name: 'A book',
  description: 'To read',
  amount: 900,
  currency: 'usd',
};
const YEARLY: CatalogItem = {
  ...PRO,
  lookupKey: 'pro_yearly',
  amount: 15_000,
  plan: { interval: 'year', trialDays: 14 },
};
const STORAGE: CatalogItem = {
  ...PRO,
  lookupKey: 'storage',
  productId: 'storage',
  amount: 300,
  plan: { interval: 'month', group: 'storage', trialDays: 14 },
};
const DAY_MS = 86_400_000;

describe('a customer who subscribes', () => {
  let shop: Shop;
  beforeEach(async () => {
    shop = await startShop({ catalog: [BOOK, PRO, YEARLY, STORAGE] });
  });
  afterEach(() => shop.stop());

  const click = async (customer: Customer, price = 'pro_monthly', more: Record<string, string> = {}) =>
    customer.submit(await customer.get('/'), '/create-checkout-session', { price, ...more });
  const subscribe = async (customer: Customer, price?: string, more?: Record<string, string>) => {
    const opened = await click(customer, price, more);
    return sessionIdOf(await customer.payByCard(await customer.get(opened.location ?? '')));
  };
  const all = async () => (await shop.app.get(SubscriptionReader).list({})).subscriptions;
  const statuses = async () => (await all()).map(({ status }) => status);
  const atStripe = async <T>(path: string) => (await askStripe<{ data: T[] }>(shop.sandbox.url, path)).data;

  it('has the plan when they come back, and in the row what Stripe has', async () => {
    const jenny = shop.customer('jenny@example.com');
    const id = await subscribe(jenny, 'pro_monthly', { quantity: '3' });
    const page = await jenny.get(`/subscribed?checkout_sid=${id}`);
    expect(textOf(page)).toContain('You are subscribed!');
    const [subscription] = await all();
    expect(subscription).toMatchObject({
      ownerId: 'jenny@example.com',
      status: 'active',
      planKey: 'pro_monthly',
      planGroup: 'main',
      quantity: 3,
      isLive: true,
      endsAt: null,
    });
    const [real] = await atStripe<{ id: string; items: { data: { current_period_end: number }[] } }>(
      '/v1/subscriptions',
    );
    expect(subscription?.id).toBe(real?.id);
    expect(subscription?.currentPeriodEnd).toEqual(new Date((real?.items.data[0]?.current_period_end ?? 0) * 1_000));
    expect((await shop.customer('else@example.com').get(`/subscribed?checkout_sid=${id}`)).status).toBe(404);
  });

  it('has it by the webhook alone, when they never come back', async () => {
    await subscribe(shop.customer());
    await eventually('the subscription is active', async () => (await statuses())[0] === 'active');
  });

  it('begins with the trial once, and is not sold a second plan of the group', async () => {
    const jenny = shop.customer();
    await subscribe(jenny, 'pro_yearly');
    await eventually('the trial', async () => (await statuses())[0] === 'trialing');
    const again = await click(jenny);
    expect([again.status, again.location]).toEqual([303, '/account']);
    const [{ id = '' } = {}] = await all();
    await askStripe(shop.sandbox.url, `/v1/subscriptions/${id}`, { cancel_at_period_end: 'true' });
    await eventually('the end is scheduled', async () => (await all())[0]?.isEnding);
    await shop.sandbox.moveClock(15 * DAY_MS);
    await eventually('it ended', async () => (await statuses())[0] === 'canceled');
    await subscribe(jenny, 'pro_yearly');
    await eventually('no second trial', async () => (await statuses()).includes('active'));
  });

  it('has no second trial by a checkout that was opened before the first one', async () => {
    const jenny = shop.customer();
    const opened = await click(jenny, 'storage');
    expect((await click(jenny, 'storage')).location).toBe(opened.location);
    await subscribe(jenny, 'pro_yearly');
    await eventually('the trial', async () => (await statuses())[0] === 'trialing');
    const again = await click(jenny, 'storage');
    expect(again.location).not.toBe(opened.location);
    await jenny.payByCard(await jenny.get(again.location ?? ''));
    await eventually('no second trial', async () => (await statuses()).toSorted().join() === 'active,trialing');
  });

  it('has no second trial by two pages of Checkout, of which the one that was opened later can be paid', async () => {
    const jenny = shop.customer();
    const openOnes = () => atStripe<{ url: string }>('/v1/checkout/sessions?status=open');
    const storage = await click(jenny, 'storage');
    const yearly = await click(jenny, 'pro_yearly');
    expect(yearly.location).not.toBe(storage.location);
    expect(await openOnes()).toMatchObject([{ url: yearly.location }]);

    const tabs = ['storage', 'pro_yearly', 'storage', 'pro_yearly'].map((plan) => click(shop.customer(), plan));
    for (const { status } of await Promise.all(tabs)) expect([303, 503]).toContain(status); // or "try again"
    expect((await openOnes()).length).toBeLessThanOrEqual(1);
    const last = await click(jenny, 'storage');
    expect(await openOnes()).toMatchObject([{ url: last.location }]);
    await jenny.payByCard(await jenny.get(last.location ?? ''));
    await subscribe(jenny, 'pro_yearly');
    await eventually('one trial', async () => (await statuses()).toSorted().join() === 'active,trialing');
  });

  it('comes to one checkout from two tabs, also for two plans of a group, of which one can be completed', async () => {
    const tabs = Array.from({ length: 4 }, () => shop.customer());
    const answers = await Promise.all(tabs.map((tab) => click(tab)));
    expect(new Set(answers.map(({ location }) => location)).size).toBe(1);
    const yearly = await click(shop.customer(), 'pro_yearly');
    expect(yearly.location).not.toBe(answers[0]?.location);
    expect(await atStripe('/v1/checkout/sessions?status=open')).toMatchObject([{ url: yearly.location }]);
    expect(await atStripe('/v1/customers')).toHaveLength(1);
  });

  it('is renewed, and keeps the plan while the payment fails and until it ends', async () => {
    await subscribe(shop.customer());
    await eventually('it is active', async () => (await statuses())[0] === 'active');
    const [before] = await all();
    await shop.sandbox.moveClock(32 * DAY_MS);
    await eventually('the period moved', async () => {
      const [now] = await all();
      return (now?.currentPeriodEnd ?? 0) > (before?.currentPeriodEnd ?? 0);
    });
    expect(await statuses()).toEqual(['active']);
    await askStripe(shop.sandbox.url, `/v1/subscriptions/${before?.id}`, { cancel_at_period_end: 'true' });
    await eventually('the end is scheduled', async () => (await all())[0]?.isEnding);
    await shop.sandbox.moveClock(32 * DAY_MS);
    await eventually('it ended', async () => (await statuses())[0] === 'canceled');
    const [{ history = [] } = {}] = await all();
    expect(history.map(({ to }) => to)).toEqual(['active', 'canceled']);
  });

  it.each(['0', '-1', '1.5', '11', 'x'])('is refused %s seats', async (quantity) => {
    const answer = await click(shop.customer(), 'pro_monthly', { quantity });
    expect(answer.status).toBe(400);
  });
});
