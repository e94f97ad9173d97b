import { execFile } from 'node:child_process';
import { request as httpRequest } from 'node:http';
import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { LimitedWarnings } from '../../src/logging/limited-warnings.js';
import { anEvent } from '../support/mock-stripe.js';
import { type Shop, startShop } from '../support/shop.js';
import { printed, WebhookSender } from '../support/webhook-sender.js';

const now = () => Math.floor(Date.now() / 1_000);
const unhandled = () => anEvent('customer.created', { id: 'cus_1' } as never);
const MIB = 'x'.repeat(1_000_000);
const REQUEST_ID = /^[\da-f-]{36}$/;

describe('a delivery that is refused', () => {
  let shop: Shop;
  let sender: WebhookSender;
  let lines: string[];
  beforeEach(async () => {
    lines = [];
    jest.spyOn(Logger.prototype, 'warn').mockImplementation((line: unknown) => void lines.push(String(line)));
    shop = await startShop();
    sender = new WebhookSender(shop.url, shop.sandbox.webhookSecret);
  });
  afterEach(async () => {
    await shop.stop();
    jest.restoreAllMocks();
  });

  const messageOf = async (response: Response) =>
    ((await response.json()) as { error: { message: string } }).error.message;

  it('is answered with the reason: no header, a wrong clock, a wrong secret, or no event [G2]', async () => {
    const body = printed(unhandled());
    const said = async (delivery: object, what = body) => {
      const response = await sender.send(what, delivery);
      expect(response.status).toBe(400);
      return messageOf(response);
    };
    expect(await said({ signature: null })).toMatch(/header is missing/);
    expect(await said({ signature: 'signed by me' })).toMatch(/no timestamp/);
    expect(await said({ signature: sender.sign(body).replace('v1=', 'v0=') })).toMatch(/no v1 signature/);
    expect(await said({ timestamp: now() - 400 })).toMatch(/40[0-5] seconds behind our clock.*NTP/);
    expect(await said({ timestamp: now() + 400 })).toMatch(/(39[5-9]|400) seconds ahead of our clock.*NTP/);
    expect(await said({ secret: 'whsec_other' })).toMatch(/signing secret: check STRIPE_WEBHOOK_SECRET/);
    expect(await said({ signature: sender.sign('{}') })).toMatch(/no proxy changes the body/);
    expect(await said({}, 'not json')).toMatch(/signed, but is not a Stripe event/);
  });

  it('leaves one line of its kind in the log, with the count, the cause and a request [G2] [S11]', async () => {
    for (let nth = 0; nth < 20; nth++) await sender.send(unhandled(), { secret: 'whsec_other' });
    for (let nth = 0; nth < 3; nth++) await sender.send(unhandled(), { timestamp: now() - 400 });
    const last = (await sender.send(unhandled(), { signature: null })).headers.get('x-request-id');
    const warnings = shop.app.get(LimitedWarnings);
    expect(warnings.counts).toEqual({ 'webhook.no-match': 20, 'webhook.too-old': 3, 'webhook.missing': 1 });

    warnings.onApplicationShutdown(); // instead of waiting for the line's time
    const about = (words: RegExp) => lines.filter((line) => words.test(line));
    expect(about(/STRIPE_WEBHOOK_SECRET/)).toEqual([expect.stringMatching(/\(20 times, 20 since start\)/)]);
    expect(about(/40\d seconds behind our clock/)).toEqual([expect.stringMatching(/\(3 times, 3 since start\)/)]);
    expect(about(/header is missing/)).toEqual([expect.stringContaining(`request ${last} (1 time`)]);
    expect(lines.join()).not.toContain('whsec_');
  });

  it('has a name, as every delivery has, by which it is found in the log', async () => {
    const ids = [
      (await sender.send(unhandled())).headers.get('x-request-id'),
      (await sender.send(unhandled(), { signature: null })).headers.get('x-request-id'),
      (await sender.send('not json')).headers.get('x-request-id'),
    ];
    for (const id of ids) expect(id).toMatch(REQUEST_ID);
    expect(new Set(ids).size).toBe(3);
  });

  it.each([
    ['no header', () => ({})],
    ['a header that is malformed', () => ({ 'Stripe-Signature': 'signed by me' })],
    ['a stale header', () => ({ 'Stripe-Signature': `t=${now() - 400},v1=${'0'.repeat(64)}` })],
  ])('is answered before its body is sent where it has %s [S8]', async (_, headers) => {
    const answer = await new Promise<{ status: number | undefined; connection: string | undefined }>(
      (resolve, reject) => {
        const sent = httpRequest(`${shop.url}/webhook`, {
          method: 'POST',
          headers: { 'Content-Length': 1_000_000, ...headers() },
        });
        sent.flushHeaders(); // and no byte of the body
        sent.on('error', reject);
        sent.on('response', (response) => {
          resolve({ status: response.statusCode, connection: response.headers.connection });
          sent.destroy();
        });
      },
    );
    expect(answer).toEqual({ status: 400, connection: 'close' });
  });

  it('gives its answer to every client that sends a whole megabyte all the same [S8]', async () => {
    const answers = await Promise.all([
      ...Array.from({ length: 20 }, () => sender.send(MIB, { signature: null }).then(messageOf)),
      ...Array.from({ length: 20 }, () => byNode(`${shop.url}/webhook`)),
    ]);
    for (const answer of answers) expect(answer).toMatch(/header is missing/);
    expect(await byCurl(`${shop.url}/webhook`)).toMatch(/header is missing/);
    expect((await sender.send(unhandled())).status).toBe(200);
  });
});

/** With Node's own client. */
function byNode(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest(url, { method: 'POST' }, (response) => {
      let text = '';
      response.on('data', (chunk) => (text += chunk));
      response.on('end', () => resolve(text));
    });
    sent.on('error', reject);
    sent.end(MIB);
  });
}

/** With curl, where there is one. */
function byCurl(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const curl = execFile('curl', ['-sS', '--data-binary', '@-', url], (error, out) => {
      if (!error) resolve(out);
      else if (error.code === 'ENOENT') resolve('there is no curl here, so no header is missing');
      else reject(error);
    });
    curl.stdin?.on('error', () => undefined);
    curl.stdin?.end(MIB);
  });
}
