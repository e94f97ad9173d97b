import { request } from 'node:http';
import { networkInterfaces } from 'node:os';
import { anEvent } from '../support/mock-stripe.js';
import { type Shop, type ShopOptions, startShop } from '../support/shop.js';
import { printed, WebhookSender } from '../support/webhook-sender.js';

/** An address of this machine that others know it by, or at least one that is not quite `localhost`. */
const ELSEWHERE =
  Object.values(networkInterfaces())
    .flat()
    .find((address) => address?.family === 'IPv4' && !address.internal)?.address ?? '127.0.0.2';

const production = {
  NODE_ENV: 'production',
  DOMAIN_URL: 'https://shop.example.com',
  SESSION_SECRET: '3b1f0c9e72d84a6655e0a9c4f17d28b3',
  AUTH_ALLOW_STUB: 'true',
  STRIPE_SECRET_KEY: 'sk_test_x',
  STRIPE_WEBHOOK_SECRET: 'whsec_8fK2mQ0xZrT5vWq1LpYc7Hd3',
  TRUST_PROXY: '1',
};

interface Asked {
  path?: string;
  method?: string;
  host?: string | undefined;
  /** What is connected to. */
  at?: string;
  body?: string;
  headers?: Record<string, string>;
}

async function withShop(settings: ShopOptions['settings'], use: (shop: Shop) => Promise<void>): Promise<void> {
  const shop = await startShop({ settings });
  try {
    await use(shop);
  } finally {
    await shop.stop();
  }
}

/** Asks as any client can: with a Host header of its own choice. */
function ask({ url }: Shop, { path = '/', method = 'GET', host, at = 'localhost', body, headers }: Asked) {
  return new Promise<{ status: number; text: string }>((resolve, reject) => {
    const options = { host: at, port: new URL(url).port, path, method, headers: { ...headers, ...(host && { host }) } };
    request({ ...options, agent: false }, (response) => {
      let text = '';
      response.on('data', (part) => (text += part));
      response.once('end', () => resolve({ status: response.statusCode ?? 0, text }));
    })
      .once('error', reject)
      .end(body);
  });
}

describe('outside production', () => {
  let shop: Shop;
  beforeAll(async () => {
    shop = await startShop({ settings: { ALLOWED_HOSTS: 'Shop.Test, .tunnel.test, [2001:db8::1]' } });
  });
  afterAll(() => shop.stop());

  it.each(['localhost', '127.0.0.1', '::1'])('the app is reached at %s [S10]', async (at) =>
    expect((await ask(shop, { at })).status).toBe(200),
  );

  it('the app is not reached from other machines, where nobody asked for it [S10]', async () => {
    await expect(ask(shop, { at: ELSEWHERE, host: 'localhost' })).rejects.toThrow(/ECONNREFUSED/);
  });

  it.each(['localhost', 'LOCALHOST:80', 'shop.localhost', '127.0.0.1:1', '[::1]:5001'])(
    'this machine may be called %s [S10]',
    async (host) => expect((await ask(shop, { host })).status).toBe(200),
  );

  it.each(['shop.test', 'SHOP.test:443', 'a.tunnel.test', 'b.a.tunnel.test:8080', '[2001:db8::1]'])(
    'ALLOWED_HOSTS lets it be called %s [S10]',
    async (host) => expect((await ask(shop, { host })).status).toBe(200),
  );

  it.each(['10.0.0.1:5001', '0.0.0.0', '[::2]'])(
    'it may be called by any address, which is no name that somebody else pointed here: %s [S10]',
    async (host) => expect((await ask(shop, { host })).status).toBe(200),
  );

  it.each([
    'evil.example',
    'evil.example:5001',
    'localhost.evil.example',
    'evillocalhost',
    'localhost:80:80',
    'localhost@evil.example',
    'evil.example/localhost',
    'tunnel.test',
    'eviltunnel.test',
    'x.shop.test',
    '127.0.0.1.evil.example',
    '10.0.0.1x',
    '10.0.0',
    '[::2',
    ':80',
    '<b>',
  ])('a name that is not ours is refused, and no page or token is given: %s [S10]', async (host) => {
    for (const path of ['/', '/account', '/assets/app.css', '/nowhere', '//', '/healthy', '/webhooks']) {
      const { status, text } = await ask(shop, { host, path });
      expect(status).toBe(421);
      expect(text).toContain(`Please go to ${shop.url}`);
      expect(text).not.toMatch(/_csrf|customer@example\.com|<b>/);
    }
    const form = { host, path: '/create-checkout-session', method: 'POST' };
    expect((await ask(shop, form)).status).toBe(421);
  });

  it('machines call it as they like: health checks by an address, and Stripe by the name of a tunnel [S10]', async () => {
    expect((await ask(shop, { host: '10.0.0.1:5001', path: '/health/ready' })).status).toBe(200);
    expect((await ask(shop, { host: '10.0.0.1:5001', path: '/health/live' })).status).toBe(200);
    const body = printed(anEvent('customer.created', { id: 'cus_1' } as never));
    const headers = { 'stripe-signature': new WebhookSender(shop.url, shop.sandbox.webhookSecret).sign(body) };
    const delivery = { host: 'abc.ngrok.example', method: 'POST', body, headers };
    for (const path of ['/webhook', '/webhook/']) expect((await ask(shop, { ...delivery, path })).status).toBe(200);
  });
});

describe('LISTEN_HOST', () => {
  it('opens the app to other machines, which still must call it by a name of ours [S10]', () =>
    withShop({ LISTEN_HOST: '0.0.0.0' }, async (shop) => {
      expect((await ask(shop, { at: ELSEWHERE, host: 'localhost' })).status).toBe(200);
      expect((await ask(shop, { at: ELSEWHERE, host: `${ELSEWHERE}x` })).status).toBe(421);
    }));

  it('that is one address is where the app is, and what it may be called, in production too [S10]', () =>
    withShop({ ...production, LISTEN_HOST: ELSEWHERE }, async (shop) => {
      expect((await ask(shop, { at: ELSEWHERE })).status).toBe(200);
      expect((await ask(shop, { at: ELSEWHERE, host: '10.0.0.1' })).status).toBe(421);
      await expect(ask(shop, { at: '127.0.0.1' })).rejects.toThrow(/ECONNREFUSED/);
    }));
});

describe('in production', () => {
  it("the app listens on every address, and is called by DOMAIN_URL's host [S10]", () =>
    withShop(production, async (shop) => {
      const status = async (host: string) => (await ask(shop, { at: ELSEWHERE, host })).status;
      expect(await status('shop.example.com')).toBe(200);
      expect([await status('www.shop.example.com'), await status(ELSEWHERE)]).toEqual([421, 421]);
    }));
});
