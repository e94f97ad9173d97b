import type { ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import { SessionUserGuard } from '../../src/auth/session-user.guard.js';
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
