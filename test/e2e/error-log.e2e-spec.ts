import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { LimitedWarnings } from '../../src/logging/limited-warnings.js';
import { textOf } from '../support/customer.js';
import { type Shop, startShop } from '../support/shop.js';
import { eventually } from '../support/eventually.js';
import { UnitOfWork } from '../../src/database/unit-of-work.js';

describe('the log', () => {
  let shop: Shop;
  let lines: string[];
  beforeEach(async () => {
    lines = [];
    for (const level of ['warn', 'error'] as const)
      jest
        .spyOn(Logger.prototype, level)
        .mockImplementation((...words: unknown[]) => void lines.push([level, ...words].join(' ')));
    shop = await startShop({ settings: { CHECKOUTS_PER_MINUTE: '1' } });
  });
  afterEach(async () => {
    await shop.stop();
    jest.restoreAllMocks();
  });

  const linesWith = (words: string) =>
    eventually(words, () => {
      const found = lines.filter((line) => line.includes(words));
      return found.length > 0 && found;
    });
  const idOf = ({ headers }: { headers: Headers }) => headers.get('x-request-id') ?? 'none';

  it('has one line with a count for twenty refused tokens, and one for twenty payments of somebody else [S11]', async () => {
    const id = await shop.customer('owner@example.com').buy();
    const stranger = shop.customer('stranger@example.com');
    for (let nth = 0; nth < 20; nth++) {
      await stranger.post('/refund', { _csrf: 'forged', checkout_sid: id });
      await stranger.get(`/success?checkout_sid=${id}`);
    }
    shop.app.get(LimitedWarnings).onApplicationShutdown(); // writes what would wait for its minute
    for (const [title, request] of [
      ['This form is no longer valid', 'POST /refund was answered 403'],
      ['Payment not found', 'GET /success was answered 404'],
    ] as const) {
      const found = await linesWith(title);
      expect(found.length).toBeLessThanOrEqual(2); // on a slow machine the first line does not wait for all of them
      expect(found.at(-1)).toContain(`warn ${request} (${title})`);
      expect(found.at(-1)).toContain('20 since start');
    }
    expect(lines.join()).not.toContain(id); // it came in a query and in a form
  });

  it('has a line for a name that is not ours, for what comes too often, and for bad input [S11]', async () => {
    const customer = shop.customer();
    await customer.goToCheckout();
    const often = await customer.submit(await customer.get('/'), '/create-checkout-session');
    const bad = await customer.get('/account?after=secret');
    const missing = await customer.get('/nowhere?token=secret');
    for (const page of [often, bad, missing]) expect((await linesWith(idOf(page)))[0]).toMatch(/^warn .*\(1 time, /);
    expect(lines.join()).not.toContain('secret');
  });

  it('names each of several requests by its id', async () => {
    const customer = shop.customer();
    const pages = [await customer.get('/nowhere'), await customer.get('/nowhere'), await customer.get('/elsewhere')];
    for (const page of pages) expect(await linesWith(idOf(page))).toHaveLength(1);
  });

  it('has the cause with the id that the page shows, where Stripe is away', async () => {
    const customer = shop.customer();
    const token = await customer.csrf();
    await shop.sandbox.close();
    const page = await customer.post('/create-checkout-session', { _csrf: token });
    expect([page.status, textOf(page).includes(idOf(page))]).toEqual([503, true]);
    expect(await linesWith(idOf(page))).toEqual([
      expect.stringMatching(/^error POST \/create-checkout-session was answered 503 .*: Stripe did not answer/),
    ]);
  });

  it('has the stack of an error that nobody expected, and no parameter of its statement [S17]', async () => {
    await shop.app.get(UnitOfWork).run((tx) => tx.query('ALTER TABLE payments RENAME TO lost_payments'));
    const page = await shop.customer('private@example.com').get('/account');
    expect(page.status).toBe(500);
    expect(textOf(page)).not.toContain('lost_payments');
    const [line] = await linesWith(idOf(page));
    expect(line).toMatch(/^error GET \/account was answered 500 .*QueryFailedError.*payments[\s\S]*\n {4}at /);
    expect(line).not.toContain('private@example.com');
  });
});
