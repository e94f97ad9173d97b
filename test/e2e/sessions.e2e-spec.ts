import type { ExecutionContext } from '@nestjs/common';
import { promisify } from 'node:util';
import type { Request } from 'express';
import type { SessionData } from 'express-session';
import { DatabaseSessionStore } from '../../src/auth/session-store.js';
import { SessionUserGuard } from '../../src/auth/user.js';
import { UnitOfWork } from '../../src/database/unit-of-work.js';
import { type Customer, textOf } from '../support/customer.js';
import { type Shop, startShop } from '../support/shop.js';

const cookie = { originalMaxAge: 60_000, expires: '2999-01-01T00:00:00.000Z', httpOnly: true, path: '/' };

describe('a session', () => {
  let shop: Shop;
  /** One browser for all that is done to a session's row. */
  let jenny: Customer | undefined;
  let cases = 0;
  beforeAll(async () => {
    shop = await startShop();
  });
  afterAll(() => shop.stop());

  const execute = (sql: string, ...values: unknown[]) => shop.app.get(UnitOfWork).run((tx) => tx.query(sql, values));
  const buyer = async (email: string, customer = shop.customer(email)): Promise<Customer> => {
    await customer.get(`/success?checkout_sid=${await customer.buy()}`);
    return customer;
  };
  /** Gives back a cent: what the customer is to be told of it is in the session until the next page. */
  const refundCent = async (customer: Customer): Promise<Customer> => {
    await customer.submit(await customer.get('/account'), '/refund', { part: '0.01' });
    return customer;
  };

  it.each([
    'no JSON',
    '',
    '{"cookie":',
    'null',
    '42',
    '"text"',
    '[]',
    '{}',
    '{"notice":{"kind":"good","text":"Hello"}}',
    '{"cookie":null}',
    '{"cookie":"a=b"}',
    '{"cookie":[]}',
    '{"cookie":{}}',
    JSON.stringify({ cookie: { ...cookie, expires: 'soon' } }),
    JSON.stringify({ cookie: { ...cookie, expires: 1e99 } }),
    JSON.stringify({ cookie: { ...cookie, originalMaxAge: 'long' } }),
    JSON.stringify({ cookie: { ...cookie, maxAge: 'long', path: '/\r\nX: y' } }),
    JSON.stringify({ cookie: { ...cookie, domain: 'a;b' } }),
    JSON.stringify({ cookie: { ...cookie, sameSite: 'sometimes' } }),
    JSON.stringify({ cookie: { ...cookie, priority: {} } }),
  ])('whose row is %s is a new one, and the browser has its page [S13]', async (data) => {
    if (cases++ % 10 === 0) jenny = await buyer('jenny@example.com', jenny); // of one payment 20 refunds can be asked for
    const customer = await refundCent(jenny as Customer);
    await execute('UPDATE sessions SET data = $1', data);
    const page = await customer.get('/account');
    expect(page.status).toBe(200);
    expect(textOf(page)).not.toContain('Your refund of');
    await refundCent(customer);
    expect(textOf(await customer.get('/account'))).toContain('Your refund of');
  });

  it('is kept where the row has all that a cookie can have', async () => {
    const customer = await refundCent(await buyer('john@example.com'));
    const all = {
      ...cookie,
      secure: false,
      sameSite: 'lax',
      partitioned: false,
      priority: 'high',
      domain: 'localhost',
    };
    await execute(
      'UPDATE sessions SET data = $1',
      JSON.stringify({ cookie: all, notice: { kind: 'good', text: 'Hi' } }),
    );
    expect(textOf(await customer.get('/account'))).toContain('Hi');
  });

  describe('of 14 days', () => {
    const minutes = (count: number) => count * 60_000;
    const whole = minutes(14 * 24 * 60);
    /** Opens the account, as long after the session was last extended as given. Gives how the stored expiry has moved, ms. */
    const extensionAfter = async (since: number): Promise<number> => {
      const customer = await refundCent(await buyer('jane@example.com'));
      await customer.get('/account'); // the refund's sentence is shown, so the session is written no more
      const expiresAt = Date.now() + whole - since;
      await execute('UPDATE sessions SET expires_at = $1', expiresAt);
      expect((await customer.get('/account')).status).toBe(200);
      const [row] = (await execute('SELECT MAX(expires_at) AS at FROM sessions')) as { at: number | string }[];
      return Number(row?.at) - expiresAt;
    };

    it('lasts 14 days from a visit', async () => {
      const moved = await extensionAfter(minutes(11));
      expect(moved).toBeGreaterThanOrEqual(minutes(11));
      expect(moved).toBeLessThan(minutes(12));
    });

    it('is not written at each page', async () => {
      expect(await extensionAfter(minutes(9))).toBe(0);
    });

    it('is not made again by a page that was under way when it ended', async () => {
      const store = shop.app.get(DatabaseSessionStore);
      const customer = await refundCent(await buyer('joan@example.com'));
      await customer.get('/account');
      const [row] = (await execute('SELECT id FROM sessions ORDER BY expires_at DESC')) as { id: string }[];
      const id = row?.id ?? '';
      const read = await promisify(store.get.bind(store))(id);
      if (!read) throw new Error('There is no session');
      await promisify(store.destroy.bind(store))(id);
      const late = { ...read, cookie: { ...read.cookie, expires: new Date(Date.now() + 2 * whole) } };
      await promisify(store.touch.bind(store, id, late as SessionData))();
      await promisify(store.set.bind(store, id, late as SessionData))();
      expect(await execute('SELECT id FROM sessions WHERE id = $1', id)).toEqual([]);
    });
  });

  it.each([
    'nsb.sid=%E0%A4%A',
    'nsb.sid=s%3A%00.x',
    'nsb.sid=s%3A.',
    'nsb.sid="',
    'nsb.sid',
    '=;=;;',
    '__proto__=x; constructor=y',
    `nsb.sid=s%3A${'x'.repeat(4_000)}.y`,
    'nsb.csrf=%00; nsb.csrf=é',
  ])('is a new one for the cookie %.40j [S13]', async (sent) => {
    const answer = await fetch(shop.url, { headers: { cookie: Buffer.from(sent).toString('latin1') } });
    expect(answer.status).toBe(200);
  });
});

describe('behind https', () => {
  /** A login that keeps something in the session. */
  const login = {
    canActivate(context: ExecutionContext): boolean {
      const request = context.switchToHttp().getRequest<Request>();
      request.session.notice = { kind: 'good', text: 'Welcome' };
      request.user = { id: 'jenny', email: 'jenny@example.com' };
      return true;
    },
  };

  it('the cookies are Secure and for this host alone, and a form works with them [S17]', async () => {
    const shop = await startShop({
      settings: { DOMAIN_URL: 'https://shop.example.com', TRUST_PROXY: '1' },
      override: (builder) => builder.overrideProvider(SessionUserGuard).useValue(login),
    });
    try {
      const headers = { 'x-forwarded-proto': 'https' };
      const page = await fetch(shop.url, { headers });
      const cookies = page.headers.getSetCookie();
      for (const [nth, name] of ['csrf', 'sid'].entries())
        expect(cookies[nth]).toMatch(
          new RegExp(
            `^__Host-nsb\\.${name}=[^;]+;(?=.* Max-Age=|.* Expires=)(?=.* Path=/;)(?!.*Domain).* HttpOnly; Secure; SameSite=Lax`,
          ),
        );
      const sent = cookies.map((line) => line.split(';')[0]).join('; ');
      const token = /name="_csrf" value="(\w+)"/.exec(await page.text())?.[1] ?? '';
      const form = { method: 'POST', body: new URLSearchParams({ _csrf: token }), redirect: 'manual' } as const;
      const path = `${shop.url}/create-checkout-session`;
      expect((await fetch(path, { ...form, headers: { ...headers, cookie: sent } })).status).toBe(303);
      const withoutPrefix = sent.replaceAll('__Host-', '');
      expect((await fetch(path, { ...form, headers: { ...headers, cookie: withoutPrefix } })).status).toBe(403);
    } finally {
      await shop.stop();
    }
  });
});
