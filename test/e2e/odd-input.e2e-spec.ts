import { request } from 'node:http';
import * as fc from 'fast-check';
import { type Customer } from '../support/customer.js';
import { type Shop, startShop } from '../support/shop.js';

const LONG = 'x'.repeat(8_000);
/** What a database, a parser or a regular expression may stumble over; as it is written in an address. */
const ODD = [
  '%00',
  'a%00b',
  '%E0%A4%A',
  '%',
  '%zz',
  '%FF%FE',
  '%ED%A0%80', // half a surrogate pair, as bytes
  '%2500',
  '%5C',
  '%27%20OR%201=1--',
  '%0D%0AX:%20y',
  '%F0%9F%92%A9',
  '..%2F..%2Fetc',
  '__proto__',
  '9'.repeat(400),
  LONG,
];
const shown = ODD.map((odd) => [odd.length > 40 ? `${odd.slice(0, 8)}… of ${odd.length}` : odd, odd]);

describe('odd characters', () => {
  let shop: Shop;
  let customer: Customer;
  beforeAll(async () => {
    shop = await startShop({ settings: { CHECKOUTS_PER_MINUTE: '100000', REFUNDS_PER_MINUTE: '100000' } });
    customer = shop.customer();
    await customer.goToCheckout();
  });
  afterAll(() => shop.stop());

  /** As it is written: fetch would tidy it up. */
  const get = (path: string): Promise<number> =>
    new Promise((resolve, reject) => {
      request(shop.url, { path, agent: false }, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      })
        .once('error', reject)
        .end();
    });
  /** A form's body as it is written, with a right token in it. */
  const post = async (path: string, fields: string): Promise<number> => {
    const page = await fetch(shop.url);
    const token = /name="_csrf" value="(\w+)"/.exec(await page.text())?.[1] ?? '';
    const cookie = page.headers.getSetCookie().map((line) => line.split(';')[0]);
    const headers = { cookie: cookie.join('; '), 'content-type': 'application/x-www-form-urlencoded' };
    const body = `_csrf=${token}&${fields}`;
    return (await fetch(shop.url + path, { method: 'POST', headers, body, redirect: 'manual' })).status;
  };
  const refused = (status: number) => expect([400, 404]).toContain(status);

  it.each(shown)('in a path are no payment, and no error of ours: %s [S14]', async (_, odd) => {
    refused(await get(`/account/payments/${odd}`));
    refused(await get(`/account/payments/${odd}/`));
    refused(await get(`/${odd}`));
    refused(await get(`/assets/${odd}`));
    refused(await get(`/${odd}/payments/1`));
  });

  it('in a path, where it is NUL, are no payment: 404 [S14]', async () => {
    expect(await get('/account/payments/%00')).toBe(404);
    expect(await get('/account/payments/a%00b')).toBe(404);
  });

  it.each(shown)('in a query are no payment and no page of ours: %s [S14]', async (_, odd) => {
    refused(await get(`/success?checkout_sid=${odd}`));
    refused(await get(`/success?checkout_sid=cs_test_${odd}`));
    refused(await get(`/account?after=${odd}`));
    expect(await get(`/?${odd}=${odd}`)).toBeLessThan(500);
  });

  it.each(shown)('in a form are nothing that is for sale and no payment: %s [S14]', async (_, odd) => {
    refused(await post('/create-checkout-session', `price=${odd}`));
    refused(await post('/refund', `checkout_sid=${odd}`));
    refused(await post('/refund', `checkout_sid=cs_test_${odd}`));
    for (const field of ['amount', 'part', 'reason'])
      refused(await post('/refund', `checkout_sid=cs_test_1&${field}=${odd}`));
    expect(await post('/create-checkout-session', `${odd}=${odd}`)).toBeLessThan(500);
  });

  it.each([['8640000000000001_a'], ['999999999999999_a'], ['-1_a'], ['1_a\0b'], ['0_a']])(
    'in the place where a page of payments begins are no error of ours: %j [S14]',
    async (place) => expect(await get(`/account?after=${Buffer.from(place).toString('base64url')}`)).toBeLessThan(500),
  );

  it('of any kind, anywhere in an address, are no error of ours [S14]', async () => {
    const part = fc.oneof(
      fc.constantFrom(...ODD.filter((odd) => odd.length < 100)),
      fc.webSegment(),
      fc.string({ unit: 'binary' }).map((text) => encodeURIComponent(text)),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('/account/payments/', '/success?checkout_sid=', '/account?after=', '/', '/assets/', '/cancel?'),
        part,
        async (path, odd) => expect(await get(path + odd)).toBeLessThan(500),
      ),
      { numRuns: 100 },
    );
  });
});
