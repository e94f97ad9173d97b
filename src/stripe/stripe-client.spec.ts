import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { jest } from '@jest/globals';
import type { Stripe } from 'stripe';
import { callStripe, createStripeClient, paginate, rateLimitDelay } from './stripe-client.js';
import { StripeUnavailableError } from './stripe.errors.js';

/** An answer of the server: 429, or 200 where left out. */
interface Answer {
  status?: 429;
  headers?: Record<string, string>;
}

describe('a call that is refused with 429', () => {
  let server: Server;
  let client: Stripe;
  let answers: Answer[];
  let requests: { at: number; key: string | undefined }[];
  beforeEach(async () => {
    [answers, requests] = [[], []];
    jest.spyOn(Math, 'random').mockReturnValue(0); // the shortest waits: 0.5 s, 1 s and 2 s
    server = createServer((request: IncomingMessage, response) => {
      request.resume();
      requests.push({ at: performance.now(), key: request.headers['idempotency-key'] as string | undefined });
      const { status = 200, headers = {} } = answers.shift() ?? {};
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(JSON.stringify(status === 200 ? { id: 'prod_1' } : { error: { message: 'slow down' } }));
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const apiBase = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    client = createStripeClient({ secretKey: 'sk_test_1', apiBase } as Parameters<typeof createStripeClient>[0]);
  });
  afterEach(() => {
    jest.restoreAllMocks();
    server.closeAllConnections();
    server.close();
  });

  const refused = (headers: Record<string, string> = {}): Answer => ({ status: 429, headers });
  const create = () =>
    callStripe('products.create', (idempotencyKey) => client.products.create({ name: 'A' }, { idempotencyKey }));

  it('is made again with the same idempotency key, and succeeds', async () => {
    answers = [refused(), refused({ 'stripe-should-retry': 'false' })];
    expect(await create()).toMatchObject({ id: 'prod_1' });
    expect(requests).toHaveLength(3);
    expect(new Set(requests.map(({ key }) => key)).size).toBe(1);
    expect(requests[0]?.key).toBeTruthy();
  });

  it('waits as long as the answer asks for', async () => {
    answers = [refused({ 'retry-after': '1' })];
    await create();
    expect((requests[1]?.at ?? 0) - (requests[0]?.at ?? 0)).toBeGreaterThanOrEqual(990);
  });

  it('is made four times at most', async () => {
    answers = Array.from({ length: 9 }, () => refused());
    await expect(create()).rejects.toThrow(new StripeUnavailableError('products.create', 'status 429'));
    expect(requests).toHaveLength(4);
  });

  it('is not made again where that would be after the end of its time', async () => {
    answers = [refused({ 'retry-after': '17' })];
    await expect(create()).rejects.toThrow(StripeUnavailableError);
    expect(requests).toHaveLength(1);
  });
});

describe('the waits after a 429', () => {
  it('double from a second on, at least half of it fixed and the rest at random', () => {
    expect([1, 2, 3].map((retry) => rateLimitDelay(retry, undefined, 0))).toEqual([500, 1_000, 2_000]);
    expect([1, 2, 3].map((retry) => rateLimitDelay(retry, undefined, 1))).toEqual([1_000, 2_000, 4_000]);
    expect(new Set(Array.from({ length: 20 }, () => rateLimitDelay(3))).size).toBeGreaterThan(1);
  });

  it('are never shorter than Retry-After, where that is a number of seconds', () => {
    expect(rateLimitDelay(1, '3', 0)).toBe(3_000);
    expect(rateLimitDelay(3, '1', 0)).toBe(2_000);
    expect(rateLimitDelay(1, 'Fri, 27 Nov 2026 16:00:00 GMT', 0)).toBe(500);
  });
});

describe('a list', () => {
  it('is read page by page, each only when the one before was consumed', async () => {
    const asked: (string | undefined)[] = [];
    const entries = [['1', '2'], ['3']].map((ids) => ids.map((id) => ({ id })));
    const pages = paginate(async ({ starting_after: after, limit }) => {
      expect(limit).toBe(100);
      asked.push(after);
      const data = entries[asked.length - 1] ?? [];
      return { data, has_more: asked.length < entries.length };
    });
    expect((await pages.next()).value).toEqual(entries[0]);
    expect(asked).toEqual([undefined]);
    expect((await pages.next()).value).toEqual(entries[1]);
    expect(asked).toEqual([undefined, '2']);
    expect((await pages.next()).done).toBe(true);
  });
});
