import type { ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import { SessionUserGuard } from '../../src/auth/user.js';
import { UnitOfWork } from '../../src/database/unit-of-work.js';
import type { Page } from '../support/customer.js';
import { type Shop, startShop } from '../support/shop.js';

const BUY = '/create-checkout-session';
const [OLD, NEW] = ['old'.repeat(12), 'new'.repeat(12)];

const sessionRows = async ({ app }: Shop): Promise<number> => {
  const rows = await app.get(UnitOfWork).run((tx) => tx.query('SELECT count(*) AS count FROM sessions'));
  return Number((rows as { count: number }[])[0]?.count);
};

const tokenOf = ({ html }: Page): string => /name="_csrf" value="(\w+)"/.exec(html)?.[1] ?? '';

describe('a form', () => {
  let shop: Shop;
  beforeAll(async () => {
    shop = await startShop();
  });
  afterAll(() => shop.stop());

  it('costs no row of its own: neither a visitor who only looks, nor one who buys, leaves a session [S3]', async () => {
    for (let visit = 0; visit < 25; visit++)
      for (const path of ['/', '/account', '/cancel', '/nowhere']) await shop.customer().get(path);
    await shop.customer().goToCheckout();
    expect(await sessionRows(shop)).toBe(0);
  });

  it('leaves one session where there is something to keep for the next page [S3]', async () => {
    const customer = shop.customer('refunded@example.com');
    const id = await customer.buy();
    await customer.get(`/success?checkout_sid=${id}`);
    await customer.submit(await customer.get('/account'), '/refund');
    expect((await customer.get('/account')).html).toContain('Your refund of $19.99');
    expect(await sessionRows(shop)).toBe(1);
  });

  it('works in each of several tabs, in any order and more than once [S3]', async () => {
    const customer = shop.customer();
    const tabs = [await customer.get('/'), await customer.get('/'), await customer.get('/account')];
    const shops = tabs.slice(0, 2);
    for (const tab of [...shops.toReversed(), ...shops]) expect((await customer.submit(tab, BUY)).status).toBe(303);
  });

  it('is refused with the token of another browser, of another user in this browser, or of nobody [S3]', async () => {
    const customer = shop.customer();
    const mine = await customer.csrf();
    const others = await shop.customer().csrf();
    const ofOtherUser = tokenOf(await customer.get('/', { 'x-test-user': 'other@example.com' }));
    const changed = `${mine.startsWith('0') ? '1' : '0'}${mine.slice(1)}`;
    const forged = [
      others,
      ofOtherUser,
      changed,
      `${mine}00`,
      `${mine}x`,
      mine.slice(2),
      mine.toUpperCase(),
      '',
      'é',
      '0',
    ];
    for (const token of forged) expect((await customer.post(BUY, { _csrf: token })).status).toBe(403);
    const twice: [string, string][] = [
      ['_csrf', mine],
      ['_csrf', mine],
    ];
    expect((await customer.post(BUY, twice)).status).toBe(403);
    expect((await customer.post(BUY, { _csrf: mine })).status).toBe(303);
  });

  it('is refused where the cookie is missing or is not ours [S3]', async () => {
    const token = await shop.customer().csrf();
    const post = (cookie: string) =>
      fetch(shop.url + BUY, { method: 'POST', headers: { cookie }, body: new URLSearchParams({ _csrf: token }) });
    for (const cookie of ['', 'nsb.csrf=', `nsb.csrf=${'0'.repeat(64)}`, 'nsb.csrf=%E0%A4%A', `nsbxcsrf=${token}`])
      expect((await post(cookie)).status).toBe(403);
  });
});

describe('a request with JSON', () => {
  let shop: Shop;
  beforeAll(async () => {
    shop = await startShop();
  });
  afterAll(() => shop.stop());

  const buy = (headers: Record<string, string>, body = '{}') =>
    fetch(shop.url + BUY, {
      method: 'POST',
      headers: { accept: 'application/json', 'content-type': 'application/json', ...headers },
      body,
      redirect: 'manual',
    });
  const authorization = 'Bearer a-token';

  it('needs no CSRF token where a bearer token authorizes it, and no cookie does', async () => {
    expect((await buy({ authorization })).status).toBe(303);
    expect((await buy({ authorization, cookie: 'theme=dark' })).status).toBe(303);
    expect((await buy({ authorization, cookie: 'theme=dark; nsb.sid=s%3Ax.y' })).status).toBe(403);
    for (const other of ['Basic a-token', 'Bearer', '']) expect((await buy({ authorization: other })).status).toBe(403);
    expect((await buy({})).status).toBe(403);
  });

  it('has its CSRF token in a header, beside the cookies of the page that it was made for', async () => {
    const page = await fetch(shop.url);
    const cookie = page.headers
      .getSetCookie()
      .map((line) => line.split(';')[0])
      .join('; ');
    const token = /name="_csrf" value="(\w+)"/.exec(await page.text())?.[1] ?? '';
    expect((await buy({ cookie, 'x-csrf-token': token })).status).toBe(303);
    expect((await buy({ cookie, 'x-csrf-token': token.slice(1) })).status).toBe(403);
    expect((await buy({ 'x-csrf-token': token })).status).toBe(403);
  });

  it.each([
    ['{"price":7}', [{ path: 'price', message: expect.stringContaining('string') }]],
    ['[]', [{ path: '', message: expect.stringContaining('object') }]],
    ['{"price":', undefined],
    ['{"price":"a\\u0000b"}', undefined],
    ['{"\\u0000":[{"a":1}]}', undefined],
  ])('that does not fit is answered 400, with what is wrong: %s', async (body, issues) => {
    const answer = await buy({ authorization }, body);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toEqual({
      error: {
        message: 'This does not look right',
        explanation: expect.any(String),
        requestId: answer.headers.get('x-request-id'),
        ...(issues && { issues }),
      },
    });
  });
});

describe('a form that was loaded', () => {
  it('before its secret was rotated still works on every instance, until the old secret is dropped [S3]', async () => {
    const secrets = [OLD, `${NEW},${OLD}`, NEW];
    const shops = await Promise.all(secrets.map((SESSION_SECRET) => startShop({ settings: { SESSION_SECRET } })));
    const [before, during, after] = shops as [Shop, Shop, Shop];
    try {
      const customer = before.customer();
      const post = async ({ url }: Shop, _csrf: string) => (await customer.post(url + BUY, { _csrf })).status;
      const oldToken = await customer.csrf();
      const newToken = tokenOf(await customer.get(`${during.url}/`)); // the same cookies, at another instance
      expect([await post(during, oldToken), await post(during, newToken)]).toEqual([303, 303]);
      expect([await post(after, oldToken), await post(after, newToken)]).toEqual([403, 303]);
    } finally {
      await Promise.all(shops.map((shop) => shop.stop()));
    }
  });

  it('works after the session has a new id, as it has after a login [S3]', async () => {
    const login = {
      async canActivate(context: ExecutionContext): Promise<boolean> {
        const request = context.switchToHttp().getRequest<Request>();
        if (request.get('x-log-in'))
          await new Promise<void>((resolve, reject) =>
            request.session.regenerate((error) => (error ? reject(error as Error) : resolve())),
          );
        request.user = { id: 'jenny', email: 'jenny@example.com' };
        return true;
      },
    };
    const shop = await startShop({
      override: (builder) => builder.overrideProvider(SessionUserGuard).useValue(login),
    });
    try {
      const customer = shop.customer();
      const tab = await customer.get('/');
      await customer.get('/', { 'x-log-in': 'yes' });
      expect((await customer.submit(tab, BUY)).status).toBe(303);
    } finally {
      await shop.stop();
    }
  });
});
