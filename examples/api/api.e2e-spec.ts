import { startShop, type Shop } from '../../test/support/shop.js';
import { ApiModule } from './api.module.js';

describe('the JSON routes', () => {
  let shop: Shop;
  let checkoutSessionId: string;
  beforeAll(async () => {
    shop = await startShop({ modules: [ApiModule] });
    checkoutSessionId = await shop.customer('jenny@example.com').buy();
    await shop.customer('jenny@example.com').get(`/success?checkout_sid=${checkoutSessionId}`); // settles it
  });
  afterAll(() => shop.stop());

  /** As a script in the browser of this user calls them. */
  const browser = async (user = 'jenny@example.com') => {
    const headers = { accept: 'application/json', 'content-type': 'application/json', 'x-test-user': user };
    const session = await fetch(`${shop.url}/api/session`, { headers });
    const { email, csrfToken } = (await session.json()) as { email: string; csrfToken: string };
    const cookie = session.headers.getSetCookie().map((line) => line.split(';')[0]);
    const call = async (path: string, init: RequestInit & { csrf?: string } = {}) => {
      const response = await fetch(`${shop.url}/api/${path}`, {
        ...init,
        headers: { ...headers, cookie: cookie.join('; '), 'x-csrf-token': init.csrf ?? csrfToken },
      });
      return { status: response.status, body: await response.json() };
    };
    const refund = (body: unknown, csrf?: string) =>
      call(`payments/${checkoutSessionId}/refunds`, {
        method: 'POST',
        body: JSON.stringify(body),
        ...(csrf !== undefined && { csrf }),
      });
    return { email, call, refund };
  };

  it('say who is logged in', async () => {
    expect(await browser()).toMatchObject({ email: 'jenny@example.com' });
  });

  it("list the customer's own payments, and nobody else's", async () => {
    const payment = { checkoutSessionId, amount: 1999, refundable: 1999, currency: 'usd', status: 'paid' };
    expect(await (await browser()).call('payments')).toMatchObject({
      status: 200,
      body: { payments: [payment], next: null },
    });
    expect(await (await browser('sam@example.com')).call('payments')).toMatchObject({ body: { payments: [] } });
  });

  it('refund a part, and say what is wrong with an amount', async () => {
    const { refund } = await browser();
    expect(await refund({ amount: 500 })).toMatchObject({ status: 201, body: { outcome: 'refunded', amount: 500 } });
    expect(await refund({ amount: 1500 })).toMatchObject({
      status: 409,
      body: { outcome: 'too_much', refundable: 1499 },
    });
    for (const amount of [0, -1, 1.5, '5', null])
      expect(await refund({ amount })).toMatchObject({ status: 400, body: { error: {} } });
  });

  it('refund nothing for another user, nor without the CSRF token', async () => {
    expect(await (await browser('sam@example.com')).refund({})).toMatchObject({ status: 404 });
    expect(await (await browser()).refund({}, '')).toMatchObject({ status: 403, body: { error: {} } });
  });
});
