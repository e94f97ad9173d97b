import { textOf } from '../support/customer.js';
import { type Shop, startShop } from '../support/shop.js';

describe('the pages', () => {
  let shop: Shop;
  beforeAll(async () => {
    shop = await startShop();
  });
  afterAll(() => shop.stop());

  it.each(['/create-checkout-session', '/refund'])('refuse a form to %s without its CSRF token', async (path) => {
    const customer = shop.customer();
    const token = await customer.csrf();
    expect((await customer.post(path, {})).status).toBe(403);
    expect((await customer.post(path, { _csrf: '' })).status).toBe(403);
    expect((await customer.post(path, { _csrf: 'wrong' })).status).toBe(403);
    expect((await shop.customer().post(path, { _csrf: token })).status).toBe(403); // of another session
  });

  it.each(['nonsense', 'price_1abc', '', '<b>', 'x'.repeat(500)])('refuse to sell %.30j with 400', async (price) => {
    const customer = shop.customer();
    const answer = await customer.post('/create-checkout-session', { _csrf: await customer.csrf(), price });
    expect(answer.status).toBe(400);
    if (price.length > 2) expect(answer.html).not.toContain(price);
  });

  it('refuse a list of prices with 400', async () => {
    const customer = shop.customer();
    const key = 'nest_stripe_billing_demo';
    const fields: [string, string][] = [
      ['_csrf', await customer.csrf()],
      ['price', key],
      ['price', key],
    ];
    expect((await customer.post('/create-checkout-session', fields)).status).toBe(400);
  });

  it('sell the demo product where the form names no price', async () => {
    const customer = shop.customer();
    const answer = await customer.post('/create-checkout-session', { _csrf: await customer.csrf() });
    expect(answer.status).toBe(303);
    expect(answer.location).toContain(shop.sandbox.url);
  });

  it('begin anew for a cookie that was tampered with, without an error', async () => {
    const page = await shop.customer().get('/', { cookie: 'nsb.sid=s%3Aforged.signature; nsb.csrf=forged' });
    expect(page.status).toBe(200);
    expect(page.headers.getSetCookie().join()).toMatch(/nsb\.csrf=[0-9a-f]{64};.*HttpOnly; SameSite=Lax/);
  });

  it.each([
    ['GET', '/nowhere'],
    ['GET', '/refund'],
    ['POST', '/account'],
    ['GET', '/webhook'],
  ])('answer %s %s with a 404 page that has an id and no stack', async (method, path) => {
    const customer = shop.customer();
    const page = method === 'GET' ? await customer.get(path) : await customer.post(path, {});
    expect(page.status).toBe(404);
    expect(page.html).not.toMatch(/node_modules|at \w+ \(/);
    if (path !== '/webhook') expect(textOf(page)).toContain(String(page.headers.get('x-request-id')));
  });

  it('answer in JSON where that is asked for', async () => {
    const page = await shop.customer().get('/nowhere', { accept: 'application/json' });
    expect(page.status).toBe(404);
    expect(JSON.parse(page.html)).toEqual({
      error: {
        message: 'Page not found',
        explanation: expect.any(String),
        requestId: page.headers.get('x-request-id'),
      },
    });
  });

  it.each(['/', '/account', '/cancel', '/success?checkout_sid=cs_test_1', '/nowhere', '/health/live'])(
    'are kept by no browser and no proxy: %s [S17]',
    async (path) => expect((await shop.customer().get(path)).headers.get('cache-control')).toBe('no-store'),
  );

  it('load files that may be kept, and are asked for again as long as they may change', async () => {
    const { html } = await shop.customer().get('/');
    const style = /<link rel="stylesheet" href="([^"]+)"/.exec(html)?.[1] ?? '';
    const { status, headers } = await shop.customer().get(style);
    expect([status, headers.get('cache-control')]).toEqual([200, 'no-cache']);
    const kept = { 'if-none-match': headers.get('etag') ?? '', 'cache-control': 'max-age=0' };
    expect((await shop.customer().get(style, kept)).status).toBe(304);
  });

  it.each(['nonsense', '%00', 'MTIzNDU2'])('answer the cursor %s with 400', async (cursor) => {
    expect((await shop.customer().get(`/account?after=${cursor}`)).status).toBe(400);
  });

  it('name no other origin than the one of Checkout', async () => {
    const policy = (await shop.customer().get('/')).headers.get('content-security-policy') ?? '';
    expect(policy.match(/https?:\/\/[^\s;]+/g)).toEqual([shop.sandbox.url]);
  });

  it('are alive and ready', async () => {
    expect((await shop.customer().get('/health/live')).status).toBe(200);
    expect((await shop.customer().get('/health/ready')).status).toBe(200);
  });

  it('show twenty payments at a time, newest first, and lead to the older ones', async () => {
    const customer = shop.customer('many@example.com');
    for (let count = 0; count < 21; count++) await customer.buy();
    const first = await customer.get('/account');
    expect(first.html.match(/class="payment"/g)).toHaveLength(20);
    const next = /href="(\/account\?after=[\w-]+)"/.exec(first.html)?.[1] ?? '';
    const second = await customer.get(next);
    expect(second.html.match(/class="payment"/g)).toHaveLength(1);
    expect(second.html).toContain('Newest payments');

    const paid = await customer.get('/account?status=paid');
    expect(paid.html).toMatch(/href="\/account\?status=paid" aria-current="page"/);
    const nextPaid = /href="(\/account\?status=paid&amp;after=[\w-]+)"/.exec(paid.html)?.[1] ?? '';
    const secondPaid = await customer.get(nextPaid.replace('&amp;', '&'));
    expect(secondPaid.html.match(/class="payment"/g)).toHaveLength(1);
    const open = await customer.get('/account?status=open');
    expect(open.html.match(/class="payment"/g)).toBeNull();
    expect(textOf(open)).toContain('None of your payments is among these.');
  });
});

describe('without Stripe', () => {
  it('the shop is there, sells nothing, and keeps what it has', async () => {
    const shop = await startShop();
    try {
      const customer = shop.customer();
      const id = await customer.buy();
      await customer.get(`/success?checkout_sid=${id}`);
      await shop.sandbox.close();

      const opened = await customer.post('/create-checkout-session', { _csrf: await customer.csrf() });
      expect(opened.status).toBe(503);
      expect(textOf(opened)).toContain('you have not been charged');
      expect(textOf(await customer.get('/'))).toContain('We cannot reach our payment provider');
      expect(textOf(await customer.get('/account'))).toContain('Paid');

      const refund = await customer.submit(await customer.get('/account'), '/refund');
      expect(refund.status).toBe(303);
      expect(textOf(await customer.get('/account'))).toContain('Your refund is requested');
    } finally {
      await shop.stop();
    }
  });
});
