import { UnitOfWork } from '../../src/database/unit-of-work.js';
import { type Customer, type Page, textOf } from '../support/customer.js';
import { anEvent } from '../support/mock-stripe.js';
import { type Shop, startShop } from '../support/shop.js';
import { WebhookSender } from '../support/webhook-sender.js';

const LIMIT = 3;

describe('a user who does something too often', () => {
  let shop: Shop;
  beforeEach(async () => {
    shop = await startShop({ settings: { CHECKOUTS_PER_MINUTE: `${LIMIT}`, REFUNDS_PER_MINUTE: `${LIMIT}` } });
  });
  afterEach(() => shop.stop());

  const buyNow = async (customer: Customer): Promise<Page> =>
    customer.submit(await customer.get('/'), '/create-checkout-session');
  const times = async (count: number, act: () => Promise<Page>): Promise<number[]> => {
    const statuses: number[] = [];
    for (let nth = 0; nth < count; nth++) statuses.push((await act()).status);
    return statuses;
  };

  it('is answered in plain words, with when to come back; others go on', async () => {
    const [eager, other] = [shop.customer('eager@example.com'), shop.customer('other@example.com')];
    const began = Date.now();
    expect(await times(LIMIT, () => buyNow(eager))).toEqual(Array(LIMIT).fill(303));
    const refused = await buyNow(eager);
    expect(refused.status).toBe(429);
    const leastSeconds = 60 - (Date.now() - began) / 1_000;
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(leastSeconds);
    expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(60);
    expect(textOf(refused)).toMatch(/That was too often.*wait \d+ seconds/);
    expect((await buyNow(other)).status).toBe(303);
    expect((await eager.get('/account')).status).toBe(200);
  });

  it('may go on when the minute is over', async () => {
    const customer = shop.customer();
    await times(LIMIT + 1, () => buyNow(customer));
    await shop.app.get(UnitOfWork).run((tx) => tx.query('UPDATE rate_limits SET ends_at = $1', [Date.now() - 1]));
    expect((await buyNow(customer)).status).toBe(303);
  });

  it('is counted for refunds on their own', async () => {
    const customer = shop.customer();
    await times(LIMIT + 1, () => buyNow(customer));
    const fields = { _csrf: await customer.csrf(), checkout_sid: 'cs_test_nobodys' };
    expect(await times(LIMIT + 1, () => customer.post('/refund', fields))).toEqual([404, 404, 404, 429]);
  });

  it('cannot go around the limit by asking many times at once', async () => {
    const customer = shop.customer();
    const fields = { _csrf: await customer.csrf() };
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => customer.post('/create-checkout-session', fields)),
    );
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(LIMIT);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(20 - LIMIT);
  });

  it('is nobody to the webhook, which has no limit', async () => {
    const sender = new WebhookSender(shop.url, shop.sandbox.webhookSecret);
    const events = Array.from({ length: 10 * LIMIT }, () => anEvent('customer.created', {} as never));
    const answers = await Promise.all(events.map((event) => sender.send(event)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  });
});
