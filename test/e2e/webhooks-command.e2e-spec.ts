import { readFileSync } from 'node:fs';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { RequestListener } from 'node:http';
import Stripe from 'stripe';
import { openAppOnEmptyDatabase } from '../../src/cli/command.js';
import { EndpointSync, type EndpointSyncOptions } from '../../src/webhook/endpoint/endpoint-sync.service.js';
import { deliverForged, deliverSigned } from '../../src/webhook/endpoint/test-delivery.js';
import { cliJson, runCli } from '../support/cli.js';
import { readEnv, settingsWithKeys } from '../support/diagnosis.js';
import { freePort } from '../support/ports.js';
import { type Shop, startShop } from '../support/shop.js';
import { TestServer } from '../support/stripe-front.js';

describe('the webhook endpoint at Stripe', () => {
  let shop: Shop;
  let stripe: Stripe;
  beforeAll(async () => {
    shop = await startShop({ webhookSecrets: ['whsec_rotated'] });
    stripe = new Stripe('sk_test_sandbox', { host: 'localhost', port: shop.sandbox.port, protocol: 'http' });
  });
  afterAll(() => shop.stop());
  const endpoints = async () => (await stripe.webhookEndpoints.list({ limit: 100 })).data;

  describe('webhooks sync', () => {
    afterEach(async () => {
      for (const { id } of await endpoints()) await stripe.webhookEndpoints.del(id);
    });

    /** What `webhooks sync` does, without a process of its own. */
    const sync = async (options: EndpointSyncOptions = {}, changes: Record<string, string> = {}) => {
      const { env } = readEnv(settingsWithKeys(shop, changes));
      if (!env) throw new Error('The settings of this test are not right');
      const app = await openAppOnEmptyDatabase(env);
      try {
        return await app.get(EndpointSync).sync(options);
      } finally {
        await app.close();
      }
    };

    it('makes one before there is a signing secret, shows it once, and may be repeated [Build 10]', async () => {
      const { STRIPE_WEBHOOK_SECRET: _none, ...settings } = settingsWithKeys(shop);
      const made = await runCli(settings, ['webhooks', 'sync']);
      expect(made).toMatchObject({ status: 0, err: '' });
      const [, secret = ''] = /^STRIPE_WEBHOOK_SECRET=(whsec_\w+)$/m.exec(made.out) ?? [];
      expect(secret).not.toBe('');
      const [endpoint] = await endpoints();
      expect(endpoint).toMatchObject({
        url: `${shop.url}/webhook`,
        api_version: Stripe.API_VERSION,
        status: 'enabled',
        metadata: { app_name: expect.any(String) },
      });
      for (const type of ['checkout.session.completed', 'charge.refunded', 'charge.dispute.created'])
        expect(endpoint?.enabled_events).toContain(type);
      expect(endpoint?.enabled_events).not.toContain('*');

      const again = await runCli(settings, ['webhooks', 'sync', '--json']);
      expect(JSON.parse(again.out)).toMatchObject({
        change: 'unchanged',
        secret: null,
        endpoint: { id: endpoint?.id },
      });
      expect(await endpoints()).toHaveLength(1);
      expect(await cliJson(settings, 'webhooks', 'list')).toMatchObject({
        total: 1,
        endpoints: [{ id: endpoint?.id }],
      });
    });

    it('brings its events, its state and its mark in line [Build 10]', async () => {
      const { endpoint } = await sync();
      await stripe.webhookEndpoints.update(endpoint.id, {
        enabled_events: ['invoice.paid'],
        disabled: true,
        metadata: { app_name: '', note: 'ours' },
      });
      expect(await sync()).toMatchObject({
        change: 'updated',
        changes: ['events', 'enabled', 'metadata'],
        secret: undefined,
      });
      expect(await endpoints()).toEqual([{ ...endpoint, metadata: { ...endpoint.metadata, note: 'ours' } }]);
    });

    it('makes another beside one of an older API version, and disables that when it is asked to [Build 10]', async () => {
      const older = await stripe.webhookEndpoints.create({
        url: `${shop.url}/webhook`,
        enabled_events: ['*'],
        api_version: '2024-06-20',
      });
      const made = await sync({ disableOthers: true }); // not yet: nobody has its secret
      expect(made).toMatchObject({
        change: 'created',
        secret: expect.stringMatching(/^whsec_/),
        others: [{ id: older.id }],
      });
      expect(await sync()).toMatchObject({ change: 'unchanged', others: [{ id: older.id }], disabled: [] });
      expect(await sync({ disableOthers: true })).toMatchObject({
        change: 'unchanged',
        others: [],
        disabled: [{ id: older.id }],
      });
      expect(await sync({ disableOthers: true })).toMatchObject({ change: 'unchanged', others: [], disabled: [] });
      expect((await stripe.webhookEndpoints.retrieve(older.id)).status).toBe('disabled');
    });

    it('makes one for a new secret, and keeps the newer one from then on [Build 10]', async () => {
      const first = await sync();
      const second = await sync({ newSecret: true });
      expect(second).toMatchObject({ change: 'created', others: [{ id: first.endpoint.id }] });
      expect(second.secret).not.toBe(first.secret);
      await sync({ disableOthers: true });
      const enabled = (await endpoints()).filter(({ status }) => status === 'enabled');
      expect(enabled).toMatchObject([{ id: second.endpoint.id }]);
    });

    it('leaves the endpoints of other apps and of other addresses alone [Build 10]', async () => {
      const url = `${shop.url}/webhook`;
      const others: { url: string; metadata: Record<string, string> }[] = [
        { url, metadata: { app_name: 'another app' } },
        { url: 'https://staging.example.com/webhook', metadata: {} },
        { url: `${url}/`, metadata: {} },
      ];
      for (const other of others)
        await stripe.webhookEndpoints.create({ ...other, enabled_events: ['*'], api_version: Stripe.API_VERSION });
      const before = await endpoints();
      expect(await sync({ disableOthers: true })).toMatchObject({ change: 'created', others: [] });
      expect(await sync({ disableOthers: true })).toMatchObject({ change: 'unchanged', disabled: [] });
      expect((await endpoints()).slice(1)).toEqual(before);
    });

    it.each([
      'http://localhost:5001',
      'http://127.0.0.9',
      'https://192.168.1.7',
      'https://[::1]:5001',
      'https://[fd00::1]',
      'https://shop',
      'https://shop.local',
      'https://app.internal',
    ])('refuses %s, which Stripe cannot reach [Build 10]', async (address) => {
      const atStripe = { STRIPE_API_BASE: '', DOMAIN_URL: address };
      await expect(sync({}, atStripe)).rejects.toThrow(
        /Stripe cannot send events to .*no other machine reaches it. Set DOMAIN_URL/,
      );
    });

    it('asks for what it needs, and for an address that is one [Build 10]', async () => {
      const broken = await runCli({ ...shop.settings, STRIPE_SECRET_KEY: 'pk_test_x' }, ['webhooks', 'sync']);
      expect(broken).toMatchObject({ status: 1, out: '', err: expect.stringContaining('STRIPE_SECRET_KEY') });
      expect(await runCli(settingsWithKeys(shop), ['webhooks', 'sync', '--url', 'shop.example.com'])).toMatchObject({
        status: 2,
      });
    });
  });

  describe('webhooks test', () => {
    it('delivers to the running app, with each secret, and sees a forged one refused [Build 10]', async () => {
      const settings = settingsWithKeys(shop, { STRIPE_WEBHOOK_SECRET: `whsec_rotated,${shop.sandbox.webhookSecret}` });
      const { status, out } = await runCli(settings, ['webhooks', 'test', '--json']);
      const { deliveries, faults } = JSON.parse(out);
      expect({ status, faults }).toEqual({ status: 0, faults: 0 });
      expect(deliveries).toMatchObject([
        { name: 'signed with secret 1 of 2', ok: true, status: 200, body: '{"received":true}' },
        { name: 'signed with secret 2 of 2', ok: true, status: 200 },
        { name: 'forged', ok: true, status: 400 },
      ]);
      const stored = await cliJson(shop.settings, 'events', 'list', '--type', 'nest_stripe_billing.test_delivery');
      expect(stored).toMatchObject({ total: 2, events: [{ status: 'ignored' }, { status: 'ignored' }] });
    });

    it('exits with 1 where the app has another secret, or does not run, and says what to do [Build 10]', async () => {
      const other = await runCli(settingsWithKeys(shop, { STRIPE_WEBHOOK_SECRET: 'whsec_other' }), [
        'webhooks',
        'test',
      ]);
      expect(other).toMatchObject({
        status: 1,
        out: expect.stringMatching(/fault {2}signed: 400: .*\n +Start the running app again/),
      });
      expect(other.out).not.toContain('whsec_other');
      const away = settingsWithKeys(shop, { DOMAIN_URL: `http://localhost:${await freePort()}` });
      const none = await runCli(away, ['webhooks', 'test']);
      expect(none).toMatchObject({ status: 1, out: expect.stringMatching(/nothing listens at localhost/) });
      expect(none.out).not.toContain('forged');
    });

    const deliveries = async (url: string) => {
      const delivery = { url, secrets: ['whsec_1'], livemode: false, appName: 'test' };
      const [signed] = await deliverSigned(delivery);
      const forged = await deliverForged(delivery);
      return { signed: `${signed?.found} -> ${signed?.todo}`, forged: `${forged.found} -> ${forged.todo}` };
    };
    const html = { 'content-type': 'text/html' };

    it.each<[string, RequestListener, RegExp, RegExp]>([
      [
        'a redirect to https',
        (_, to) => to.writeHead(301, { location: 'https://shop.example.com/webhook' }).end(),
        /301, a redirect to https.*follows no redirect: set DOMAIN_URL to the https/,
        /redirect/,
      ],
      [
        'a slash at the end',
        (_, to) => to.writeHead(308, { location: '/webhook/' }).end(),
        /308, a redirect to \/webhook\/.*without a slash/,
        /redirect/,
      ],
      [
        'a page',
        (_, to) => to.writeHead(200, html).end('<html><title>Parked</title>'),
        /200, an HTML page \("Parked"\).*Something else answers/,
        /nobody signed was taken.*checks no signature/,
      ],
      [
        'a gateway without the app',
        (_, to) => to.writeHead(502, html).end('<html>Bad Gateway</html>'),
        /502, an HTML page.*does not reach the app: start it/,
        /502.*where 400 was expected/,
      ],
      ['a login', (_, to) => to.writeHead(401).end(), /401, empty.*without a login/, /401/],
      [
        'another path',
        (_, to) => to.writeHead(404, html).end('<html>'),
        /404.*pass POST \/webhook on to the app/,
        /404/,
      ],
      [
        'a server that takes all',
        (_, to) => to.writeHead(200, { 'content-type': 'application/json' }).end('{"received":true}'),
        /200, stored, in \d+ ms -> null/,
        /200: a delivery that nobody signed was taken/,
      ],
      [
        'a connection that breaks',
        (asked) => asked.socket.destroy(),
        /no answer from localhost:\d+: \w+.*See whether the app runs/,
        /no answer/,
      ],
    ])('says what to do about %s [Build 10]', async (_what, listener, signed, forged) => {
      const server = await TestServer.listen(listener);
      const found = await deliveries(`${server.url}/webhook`);
      server.close();
      expect(found).toEqual({ signed: expect.stringMatching(signed), forged: expect.stringMatching(forged) });
    });

    it('says what to do about a certificate that nobody trusts, and about a wrong protocol [Build 10]', async () => {
      const pem = readFileSync(join(import.meta.dirname, '../support/self-signed.pem'));
      const server = createTlsServer({ key: pem, cert: pem }, (_, to) => to.end());
      await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
      const { port } = server.address() as AddressInfo;
      const [trusted, plain, wrapped, unknown] = [
        await deliveries(`https://localhost:${port}/webhook`),
        await deliveries(`http://localhost:${port}/webhook`),
        await deliveries(`${shop.url.replace('http', 'https')}/webhook`),
        await deliveries('http://no-such-host.invalid/webhook'),
      ];
      server.close();
      server.closeAllConnections();
      expect(trusted.signed).toMatch(
        /certificate of localhost:\d+ is not good: DEPTH_ZERO_SELF_SIGNED_CERT -> Get a certificate that a public/,
      );
      expect(plain.signed).toMatch(/no answer|does not answer in plain HTTP/);
      expect(wrapped.signed).toMatch(/does not speak TLS/);
      expect(unknown.signed).toMatch(/the name no-such-host\.invalid is not known.* -> Correct the host in DOMAIN_URL/);
    });
  });
});
