import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FixtureError, startSandbox } from '../src/index.js';
import { control } from './support/control.js';
import { paidSession } from './support/customer.js';
import { SandboxUnderTest } from './support/sandbox-under-test.js';

const CATALOG = join(import.meta.dirname, 'fixtures', 'catalog.json');

describe('a seed, a fixture file of the Stripe CLI', () => {
  let under: SandboxUnderTest;
  afterEach(() => under.stop());
  const names = async () => (await under.stripe.products.list()).data.map(({ name }) => name);

  it('is there from the start, its references resolved, its failure expected', async () => {
    under = await SandboxUnderTest.start({ seedFile: CATALOG, seedEnvironment: { SHELF: 'B7' } });
    const [price] = (await under.stripe.prices.list({ lookup_keys: ['book'], expand: ['data.product'] })).data;
    expect(price).toMatchObject({
      unit_amount: 1999,
      product: { name: 'Book', metadata: { shelf: 'B7' }, description: 'B7, 1999 cents' },
    });
    expect((await under.stripe.charges.list()).data).toMatchObject([{ status: 'failed' }]);
    await under.receiver.event('price.created');
  });

  it('takes the default of a reference to nothing', async () => {
    under = await SandboxUnderTest.start({ seedFile: CATALOG });
    expect((await under.stripe.products.list()).data).toMatchObject([{ metadata: { shelf: 'A1' } }]);
  });

  it('is made once for a state file, and is not struck by the faults of the start', async () => {
    const faults = [{ fault: 'server_error' as const, times: 1 }];
    under = await SandboxUnderTest.start({ seedFile: CATALOG, faults });
    await expect(under.stripe.products.list()).rejects.toMatchObject({ statusCode: 500 });
    await under.restart();
    await expect(under.stripe.products.list()).rejects.toMatchObject({ statusCode: 500 });
    expect(await names()).toEqual(['Book']);
  });

  it.each([
    ['no JSON', '{'],
    ['no list of fixtures', '{}'],
    ['another version', '{ "_meta": { "template_version": 1 }, "fixtures": [] }'],
    ['a path outside the API', fixture({ path: '/_sandbox/reset' })],
    ['a reference to nothing', fixture({ params: { name: '${nobody:id}' } })],
    ['a call that fails', fixture({ params: { nome: 'Book' } })],
  ])('is refused with %s, and names the file', async (_what, text) => {
    under = await SandboxUnderTest.start();
    const folder = await mkdtemp(join(tmpdir(), 'seed-'));
    const seedFile = join(folder, 'seed.json');
    await writeFile(seedFile, text);
    const started = startSandbox({ port: 0, stateFile: ':memory:', seedFile });
    await expect(started).rejects.toThrow(FixtureError);
    await expect(started).rejects.toThrow(seedFile);
    await rm(folder, { recursive: true });
  });
});

describe('a reset', () => {
  let under: SandboxUnderTest;
  afterEach(() => under.stop());

  it('leaves a sandbox as it was freshly started: empty, on time, without faults, and seeded', async () => {
    under = await SandboxUnderTest.start({ seedFile: CATALOG });
    const { sandbox, stripe } = under;
    const { webhookSecret } = sandbox;
    await paidSession(stripe);
    await stripe.customers.create({ name: 'Ada' }, { idempotencyKey: 'once' });
    await stripe.webhookEndpoints.create({ url: 'http://127.0.0.1:1', enabled_events: ['*'] });
    await sandbox.moveClock(3_600_000);
    sandbox.holdWebhooks();
    sandbox.injectFault({ fault: 'server_error', times: 9 });

    expect(await control(sandbox).post('/reset')).toEqual({ status: 200, body: { reset: true } });
    expect(sandbox.faults()).toEqual([]);
    expect((await control(sandbox).get('/clock')).body).toMatchObject({ ahead_ms: 0 });
    expect((await stripe.products.list()).data).toMatchObject([{ name: 'Book' }]);
    for (const list of [stripe.checkout.sessions.list(), stripe.customers.list(), stripe.refunds.list()])
      expect((await list).data).toEqual([]);
    // The key is free again, and deliveries are no longer held back.
    await stripe.customers.create({ name: 'Grace' }, { idempotencyKey: 'once' });
    expect((await under.receiver.event('customer.created', 'Grace')).pending_webhooks).toBe(1);
    expect(sandbox.webhookSecret).toBe(webhookSecret);
  });

  it('stays so after a restart', async () => {
    under = await SandboxUnderTest.start({ seedFile: CATALOG });
    await under.stripe.products.create({ name: 'Pen' });
    await under.sandbox.reset();
    await under.restart();
    expect((await under.stripe.products.list()).data.map(({ name }) => name)).toEqual(['Book']);
  });
});

function fixture(changes: object): string {
  const call = { name: 'x', path: '/v1/products', method: 'post', params: { name: 'Book' }, ...changes };
  return JSON.stringify({ _meta: { template_version: 0 }, fixtures: [call] });
}
