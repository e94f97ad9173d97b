import { join } from 'node:path';
import { type Customer, type Page, textOf } from '../../test/support/customer.js';
import { aCheckoutSession, anEvent } from '../../test/support/mock-stripe.js';
import { freePort } from '../../test/support/ports.js';
import { OidcProvider } from '../../test/support/oidc-provider.js';
import { startShop, type Shop } from '../../test/support/shop.js';
import { eventually } from '../../test/support/eventually.js';
import { WebhookSender } from '../../test/support/webhook-sender.js';
import { SessionUserGuard } from '../auth/user.js';
import { LoginModule } from './login.module.js';

const VIEWS = [join(import.meta.dirname, '../../views'), join(import.meta.dirname, '../views')];

/** Follows redirects, to the provider and back. */
const follow = async (browser: Customer, path: string): Promise<Page> => {
  let page = await browser.get(path);
  while (page.location) page = await browser.get(new URL(page.location, page.url).href);
  return page;
};
const sessionCookie = ({ headers }: Page) => headers.getSetCookie().find((cookie) => cookie.startsWith('nsb.sid='));

describe('the login with OpenID Connect', () => {
  let provider: OidcProvider;
  let shop: Shop;
  beforeAll(async () => {
    provider = await new OidcProvider().start();
    const { issuer, clientId, clientSecret } = provider;
    shop = await startShop({
      modules: [LoginModule.forRoot({ issuer, clientId, clientSecret })],
      settings: { PAYMENT_LINKS: 'plink_1' },
      override: (builder) => builder.overrideProvider(SessionUserGuard).useClass(SessionUserGuard),
    });
    shop.app.setBaseViewsDir(VIEWS);
  });
  afterAll(async () => {
    await shop.stop();
    await provider.stop();
  });
  afterEach(() => {
    provider.claims = { sub: 'user-1', email: 'Jenny@Example.com', email_verified: true };
    provider.lies = {};
    provider.denies = false;
  });

  it('stands before every page, and leads back to the one that was asked for', async () => {
    const browser = shop.customer();
    expect(await browser.get('/account?after=')).toMatchObject({
      status: 303,
      location: '/login?to=%2Faccount%3Fafter%3D',
    });
    const account = await follow(browser, '/account');
    expect(account).toMatchObject({ status: 200, url: `${shop.url}/account` });
    expect(textOf(account)).toContain('jenny@example.com');
  });

  it('answers forms and JSON routes with 401 instead', async () => {
    expect(await shop.customer().post('/refund', {})).toMatchObject({ status: 401 });
    expect(await shop.customer().get('/account', { accept: 'application/json' })).toMatchObject({ status: 401 });
  });

  it('gives each user what is theirs alone, whatever their address is', async () => {
    const first = shop.customer();
    await follow(first, '/login');
    await first.buy();
    provider.claims = { sub: 'user-2', email: 'jenny@example.com', email_verified: true };
    const second = shop.customer();
    expect(textOf(await follow(first, '/account'))).toContain('$19.99');
    expect(textOf(await follow(second, '/account'))).toContain('You have not bought anything yet');
  });

  it('gives what was bought by a payment link to whom the provider has verified the address of', async () => {
    const session = aCheckoutSession({
      mode: 'payment',
      status: 'complete',
      payment_status: 'paid',
      payment_link: 'plink_1',
      payment_intent: 'pi_1',
      metadata: {},
      customer_details: { email: 'paula@example.com' } as never,
    });
    const bought = anEvent('checkout.session.completed', session);
    expect(await new WebhookSender(shop.url, shop.sandbox.webhookSecret).send(bought)).toMatchObject({ status: 200 });
    const accountOf = async (claims: OidcProvider['claims']) => {
      provider.claims = claims;
      return textOf(await follow(shop.customer(), '/account'));
    };
    const paula = { sub: 'user-3', email: 'paula@example.com', email_verified: true };
    await eventually('the payment', async () => (await accountOf(paula)).includes('$19.99'));
    expect(await accountOf({ ...paula, sub: 'user-4', email_verified: false })).not.toContain('$19.99');
    expect(await accountOf({ ...paula, sub: 'user-4', email_verified: 'true' })).not.toContain('$19.99');
  });

  it('starts a new session: an id from before the login is not logged in', async () => {
    const browser = shop.customer();
    const begun = await browser.get('/login');
    const atProvider = await browser.get(begun.location ?? '');
    const finished = await browser.get(atProvider.location ?? '');
    const [before, after] = [sessionCookie(begun)?.split(';')[0] ?? '', sessionCookie(finished)?.split(';')[0]];
    expect([before, after]).toEqual([expect.stringContaining('nsb.sid='), expect.not.stringContaining(before)]);
    const old = await fetch(`${shop.url}/account`, {
      headers: { cookie: before, accept: 'text/html' },
      redirect: 'manual',
    });
    expect(old.status).toBe(303);
  });

  it.each([
    ['https://elsewhere.example', '/'],
    ['//elsewhere.example', '/'],
    ['/\\elsewhere.example', '/'],
    ['/account', '/account'],
  ])('asked to lead to %s, leads to %s of this app', async (to, path) => {
    const page = await follow(shop.customer(), `/login?${new URLSearchParams({ to })}`);
    expect(page.url).toBe(`${shop.url}${path}`);
  });

  it('ends with the logout, which only a form of this app can ask for', async () => {
    const browser = shop.customer();
    await follow(browser, '/login');
    expect(await browser.post('/logout', {})).toMatchObject({ status: 403 });
    const loggedOut = await browser.post('/logout', { _csrf: await browser.csrf() });
    expect(loggedOut).toMatchObject({ status: 303, location: '/logged-out' });
    expect((await browser.get('/logged-out')).html).toContain(`${provider.issuer}/logout?`);
    expect(await browser.get('/account')).toMatchObject({ status: 303 });
  });

  it.each([
    ['was canceled', () => (provider.denies = true)],
    ['has no e-mail address', () => (provider.claims = { sub: 'user-1' })],
    ['was made for another app', () => (provider.lies = { aud: 'another' })],
    ['comes from another provider', () => (provider.lies = { iss: 'https://another.example' })],
    ['belongs to another login', () => (provider.lies = { nonce: 'another' })],
    ['has expired', () => (provider.lies = { exp: 1 })],
  ])('refuses a login that %s', async (_, happens) => {
    happens();
    const browser = shop.customer();
    const page = await follow(browser, '/login');
    expect(page.status).toBe(403);
    expect(textOf(page)).toContain('You are not logged in');
    expect(await browser.get('/account')).toMatchObject({ status: 303 });
  });
});

describe('a login provider that does not answer', () => {
  let shop: Shop;
  beforeAll(async () => {
    const settings = { issuer: `http://localhost:${await freePort()}`, clientId: 'shop', clientSecret: 'secret' };
    shop = await startShop({
      modules: [LoginModule.forRoot(settings)],
      override: (builder) => builder.overrideProvider(SessionUserGuard).useClass(SessionUserGuard),
    });
    shop.app.setBaseViewsDir(VIEWS);
  });
  afterAll(() => shop.stop());

  it('keeps nobody from booting: the login page says so, and the logout works', async () => {
    const login = await shop.customer().get('/login');
    expect([login.status, textOf(login)]).toEqual([503, expect.stringContaining('Login is not available right now')]);
    expect(await shop.customer().get('/logged-out')).toMatchObject({ status: 200 });
  });
});
