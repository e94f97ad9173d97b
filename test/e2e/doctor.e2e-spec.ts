import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Stripe from 'stripe';
import { UnitOfWork } from '../../src/database/unit-of-work.js';
import { openAppOnEmptyDatabase } from '../../src/cli/command.js';
import { diagnose } from '../../src/ops/doctor/doctor.js';
import { cliJson, runCli } from '../support/cli.js';
import { doctor, readEnv, settingsWithKeys } from '../support/diagnosis.js';
import { freePort } from '../support/ports.js';
import { anEvent } from '../support/mock-stripe.js';
import { type Shop, startShop } from '../support/shop.js';
import { type StripeAnswer, stripeFront, type TestServer } from '../support/stripe-front.js';
import { WebhookSender } from '../support/webhook-sender.js';

describe('doctor', () => {
  let shop: Shop;
  let stripe: Stripe;
  let endpointId: string;
  const servers: TestServer[] = [];
  beforeAll(async () => {
    shop = await startShop();
    stripe = new Stripe('sk_test_sandbox', { host: 'localhost', port: shop.sandbox.port, protocol: 'http' });
    endpointId = (await cliJson(settingsWithKeys(shop), 'webhooks', 'sync')).endpoint.id;
  });
  afterEach(() => servers.splice(0).forEach((server) => server.close()));
  afterAll(() => shop.stop());

  /** Settings that lead to Stripe by a way that changes its answers. */
  async function behind(change: Parameters<typeof stripeFront>[1], more: Record<string, string> = {}) {
    const front = await stripeFront(shop.sandbox.port, change);
    servers.push(front);
    return settingsWithKeys(shop, { STRIPE_API_BASE: front.url, ...more });
  }
  const refusal = (status: number, message: string): Partial<StripeAnswer> => ({
    status,
    body: JSON.stringify({ error: { type: 'invalid_request_error', message } }),
  });

  it('finds nothing wrong with a shop that can sell, and exits with 0 [Build 10]', async () => {
    const { status, out } = await runCli(settingsWithKeys(shop), ['doctor', '--json']);
    const { checks, faults, warnings } = JSON.parse(out);
    expect({ checks: checks.filter((check: { status: string }) => check.status !== 'ok'), faults, warnings }).toEqual({
      checks: [],
      faults: 0,
      warnings: 0,
    });
    expect(status).toBe(0);
    expect(new Set(checks.map(({ name }: { name: string }) => name))).toEqual(
      new Set(
        'settings node disk app database migrations events key clock catalog endpoint undelivered shop proxy delivery'.split(
          ' ',
        ),
      ),
    );
    for (const secret of ['sk_test_sandbox', shop.sandbox.webhookSecret]) expect(out).not.toContain(secret);
  });

  it('works beside the local Stripe that the app has started itself [Build 10]', async () => {
    const found = await doctor(shop.settings);
    expect(found.wrong).toEqual([]);
    expect(found.line('key')).toMatch(/ok: none: the local Stripe at http:\S+ stands in/);
    expect(found.line('endpoint')).toMatch(/none is needed/);
  });

  it('stores one event for all the deliveries that it makes [Build 10]', async () => {
    await doctor(settingsWithKeys(shop));
    await doctor(settingsWithKeys(shop));
    const { total } = await cliJson(shop.settings, 'events', 'list', '--type', 'nest_stripe_billing.test_delivery');
    expect(total).toBe(1);
  });

  it('says which settings are wrong, and looks at the rest all the same, with exit status 1 [Build 10]', async () => {
    const settings = settingsWithKeys(shop, {
      SESSION_SECRET: 'short',
      TRUST_PROXY: 'many',
      STRIPE_SECRET_KEY: 'pk_test_1234',
    });
    const { status, out } = await runCli(settings, ['doctor']);
    expect(status).toBe(1);
    for (const name of ['SESSION_SECRET', 'TRUST_PROXY', 'STRIPE_SECRET_KEY'])
      expect(out).toMatch(new RegExp(`^fault +settings +${name}: found .*Set ${name} to`, 'm'));
    expect(out).toMatch(/^ok +database/m);
    expect(out).toMatch(/^ok +shop/m);
    expect(out).toMatch(/^warning +key +not checked: STRIPE_SECRET_KEY cannot be used/m);
    expect(out).not.toMatch(/pk_test_1234|short/);
  });

  it('says what the boot would: that the stub user stands in the way of production [B4]', async () => {
    const findingOf = async (allowStub: boolean) => {
      const read = readEnv(settingsWithKeys(shop));
      const env = read.env?.with({ production: true, allowStub });
      return (await diagnose({ ...read, env }, openAppOnEmptyDatabase)).checks.find(({ name }) => name === 'app');
    };
    expect(await findingOf(false)).toMatchObject({ status: 'fault', found: expect.stringMatching(/AUTH_ALLOW_STUB/) });
    expect(await findingOf(true)).toMatchObject({ status: 'ok' });
  });

  it('says that Stripe does not take the key, once and no more [Build 10]', async () => {
    const found = await doctor(
      await behind((_asked, answer) => ({ ...answer, ...refusal(401, 'Invalid API Key provided: sk_test_****') })),
    );
    expect(found.wrong).toEqual(['key']);
    expect(found.line('key')).toMatch(/does not take it: Invalid API Key.* -> Set STRIPE_SECRET_KEY/);
    expect(found.line('catalog')).toMatch(/^warning: not checked/);
  });

  it('names what a restricted key may not do [Build 10]', async () => {
    const settings = await behind(
      ({ method, url }, answer) =>
        method === 'POST' && url === '/v1/refunds'
          ? { ...answer, ...refusal(403, "Having the 'rak_charge_write' permission would allow this request.") }
          : answer,
      { STRIPE_SECRET_KEY: 'rk_test_1' },
    );
    const found = await doctor(settings);
    expect(found.linesOf('key')).toEqual([
      expect.stringMatching(
        /fault: may not do what "Refunds: write".*rak_charge_write.* -> Grant "Refunds: write" to the/,
      ),
    ]);
    expect((await stripe.refunds.list()).data).toEqual([]);
  });

  it('names what a restricted key may not do with plans', async () => {
    const refused = /^(GET|POST) \/v1\/(subscriptions|invoices|billing_portal|entitlements|customers)/;
    const settings = await behind(
      ({ method, url }, answer) =>
        refused.test(`${method} ${url}`)
          ? { ...answer, ...refusal(403, 'The provided key does not have the required permissions.') }
          : answer,
      { STRIPE_SECRET_KEY: 'rk_test_1' },
    );
    const found = (await doctor(settings)).linesOf('key');
    expect(found.map((line) => /may not do what "(.*?)"/.exec(line)?.[1])).toEqual([
      'Customers: read',
      'Customers: write',
      'Subscriptions: read',
      'Subscriptions: write',
      'Invoices: read',
      'Customer portal: read',
      'Customer portal: write',
      'Entitlements: read',
      'Entitlements: write',
    ]);
    expect(found[3]).toContain('Grant "Subscriptions: write" to the restricted key at https://dashboard.stripe.com');
  });

  it('says that Stripe is away, and looks at the rest [Build 10]', async () => {
    const found = await doctor(settingsWithKeys(shop, { STRIPE_API_BASE: `http://localhost:${await freePort()}` }));
    expect(found.wrong).toEqual(['key']);
    expect(found.line('delivery')).toMatch(/^ok/);
  });

  const dated = (seconds: number) =>
    behind((_asked, answer) => ({
      ...answer,
      headers: { ...answer.headers, date: new Date(Date.now() + seconds * 1_000).toUTCString() },
    }));

  it.each([
    [-400, 'fault', /^fault: 39\d\.\d s ahead of Stripe's -> Set the clock/],
    [400, 'fault', /^fault: \d+\.\d s behind Stripe's/],
    [30, 'warning', /^warning: \d+\.\d s behind/],
  ])('sees a clock that differs by %s s from Stripe’s as a %s [Build 10]', async (seconds, _status, line) => {
    expect((await doctor(await dated(seconds))).line('clock')).toMatch(line);
  });

  it('says nothing of a sandbox whose own clock was moved: signatures go by the machine’s [Build 10]', async () => {
    await shop.sandbox.moveClock(36 * 60 * 60 * 1_000);
    const found = await doctor(settingsWithKeys(shop));
    expect(found.line('clock')).toMatch(/^ok/);
    expect(found.wrong).toEqual([]);
  });

  describe('looks at the endpoint', () => {
    const made: string[] = [];
    afterEach(async () => {
      for (const id of made.splice(0)) await stripe.webhookEndpoints.del(id);
      const { enabled_events } = await stripe.webhookEndpoints.retrieve(endpointId);
      if (enabled_events.length < 5 || enabled_events.includes('payout.paid'))
        await cliJson(settingsWithKeys(shop), 'webhooks', 'sync');
      await stripe.webhookEndpoints.update(endpointId, { disabled: false, url: `${shop.url}/webhook` });
    });
    const found = async () => (await doctor(settingsWithKeys(shop))).line('endpoint');

    it('that is missing, or goes to another address [Build 10]', async () => {
      await stripe.webhookEndpoints.update(endpointId, { url: 'https://elsewhere.example.com/webhook' });
      expect(await found()).toMatch(
        /^fault: none at Stripe for http\S+; we_\S+ of this app goes to https:\/\/elsewhere/,
      );
    });

    it('that is disabled [Build 10]', async () => {
      await stripe.webhookEndpoints.update(endpointId, { disabled: true });
      expect(await found()).toMatch(/^fault: we_\S+ is disabled -> Run webhooks sync/);
    });

    it('that lacks events, or sends what nobody handles [Build 10]', async () => {
      const events = ['checkout.session.completed', 'payout.paid'] as const;
      await stripe.webhookEndpoints.update(endpointId, { enabled_events: [...events] });
      expect(await found()).toMatch(
        /^fault: we_\S+ does not send .*charge\.refunded[^]*^warning: we_\S+ sends what nobody handles: payout\.paid/m,
      );
    });

    it('that is of an older API version, or one of two [Build 10]', async () => {
      const older = { url: `${shop.url}/webhook`, enabled_events: ['*'], api_version: '2024-06-20' } as const;
      made.push((await stripe.webhookEndpoints.create({ ...older, enabled_events: ['*'] })).id);
      expect(await found()).toMatch(/^warning: we_\S+ and we_\S+ deliver to the same address/);
      await stripe.webhookEndpoints.update(endpointId, { url: 'https://elsewhere.example.com/webhook' });
      expect(await found()).toMatch(/^fault: we_\S+ sends API version 2024-06-20, and the app is written for 20/);
    });
  });

  it('says that the app does not run, or is elsewhere [Build 10]', async () => {
    const found = await doctor(settingsWithKeys(shop, { DOMAIN_URL: `http://localhost:${await freePort()}` }));
    expect(found.wrong).toEqual(['endpoint', 'shop', 'delivery']);
    expect(found.line('shop')).toMatch(/nothing listens at localhost:\d+ -> Start the app/);
  });

  it('says that the running app has another signing secret [Build 10]', async () => {
    const found = await doctor(
      settingsWithKeys(shop, { STRIPE_WEBHOOK_SECRET: `whsec_other,${shop.sandbox.webhookSecret}` }),
    );
    expect(found.linesOf('delivery')).toEqual([
      expect.stringMatching(/^fault: signed with secret 1 of 2: 400: .* -> Start the running app again with/),
      expect.stringMatching(/^ok: signed with secret 2 of 2/),
    ]);
    expect(found.line('delivery')).not.toContain('whsec_');
  });

  it('says where a database is missing, behind, or not there to answer, and makes and changes none [Build 10]', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'nsb-doctor-'));
    const on = (url: string) => doctor(settingsWithKeys(shop, { DATABASE_URL: url }));
    try {
      const missing = await on(`sqlite:${join(folder, 'none', 'shop.db')}`);
      expect(missing.line('database')).toMatch(/^warning: There is no database at .*shop\.db yet -> Start the app/);
      writeFileSync(join(folder, 'empty.db'), '');
      for (let time = 0; time < 2; time++)
        expect((await on(`sqlite:${join(folder, 'empty.db')}`)).line('migrations')).toMatch(
          /^warning: \d+ are to come/,
        );
      const away = await on(`postgres://u:hush@localhost:${await freePort()}/shop?sslmode=disable`);
      expect(away.line('database')).toMatch(/^fault: cannot be used: .*ECONNREFUSED/);
      expect(away.wrong).toEqual(['database']);
      expect(JSON.stringify(away.line('database'))).not.toContain('hush');
      writeFileSync(join(folder, 'text.db'), 'this is no database, whatever its name says'.repeat(100));
      expect((await on(`sqlite:${join(folder, 'text.db')}`)).wrong).toContain('database');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('counts events that are dead, that nobody handles, and that Stripe could not deliver [Build 10]', async () => {
    const [dead, overdue] = [anEvent('customer.created', {} as never), anEvent('customer.created', {} as never)];
    for (const event of [dead, overdue]) await new WebhookSender(shop.url, shop.sandbox.webhookSecret).send(event);
    const { app } = shop;
    const mark = (id: string, status: string, at: number | null) =>
      app
        .get(UnitOfWork)
        .run((tx) =>
          tx.query('UPDATE webhook_events SET status = $1, next_attempt_at = $2, lease_token = $3 WHERE id = $4', [
            status,
            at,
            'held',
            id,
          ]),
        );
    await mark(dead.id, 'dead', null);
    const lost = {
      id: 'evt_lost',
      object: 'event',
      type: 'charge.refunded',
      created: Math.floor(Date.now() / 1_000) - 120,
    };
    const here = { ...lost, id: dead.id };
    const list = JSON.stringify({ object: 'list', data: [lost, here], has_more: false, url: '/v1/events' });
    const settings = await behind(({ url = '' }, answer) =>
      url.includes('delivery_success=false') ? { ...answer, body: list } : answer,
    );
    const found = await doctor(settings);
    await mark(dead.id, 'ignored', null);
    expect(found.line('events')).toMatch(/^warning: 1 dead/);
    expect(found.line('undelivered')).toMatch(
      /^fault: 1 events of the last three days have not come in, such as evt_lost/,
    );
  });

  it('says that prices are missing at Stripe, so that nothing can be bought [Build 10]', async () => {
    await cliJson(shop.settings, 'catalog', 'archive');
    expect((await doctor(settingsWithKeys(shop))).line('catalog')).toMatch(
      /^fault: nest_stripe_billing_demo has no active price/,
    );
    await cliJson(shop.settings, 'catalog', 'sync');
  });

  it('asks for a proxy where customers come by https [Build 10]', async () => {
    const found = await doctor(settingsWithKeys(shop, { DOMAIN_URL: shop.url.replace('http:', 'https:') }));
    expect(found.line('proxy')).toMatch(/^warning: TRUST_PROXY is 0/);
    expect(found.line('shop')).toMatch(/^fault: localhost:\d+ does not speak TLS/);
  });
});
