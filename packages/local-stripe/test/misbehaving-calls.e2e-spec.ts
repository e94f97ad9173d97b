import Stripe from 'stripe';
import type { Fault } from '../src/index.js';
import { eventually } from './support/eventually.js';
import { control } from './support/control.js';
import { client, SandboxUnderTest } from './support/sandbox-under-test.js';

describe('calls that go wrong on purpose', () => {
  let under: SandboxUnderTest;

  beforeEach(async () => {
    under = await SandboxUnderTest.start();
  });
  afterEach(() => under.stop());

  const create = (idempotencyKey?: string) => under.stripe.products.create({ name: 'A' }, { idempotencyKey });
  const made = async (): Promise<number> => (await under.stripe.products.list()).data.length;
  const statusOf = (call: Promise<unknown>): Promise<unknown> =>
    call.then(
      () => 200,
      (error: unknown) => (error instanceof Stripe.errors.StripeError ? (error.statusCode ?? error.type) : error),
    );

  it.each<[Fault['fault'], unknown]>([
    ['server_error', 500],
    ['rate_limit', 429],
  ])('answer %s before the work: nothing is done', async (fault, status) => {
    under.sandbox.injectFault({ fault });

    expect(await statusOf(create())).toBe(status);
    expect(await made()).toBe(0);
    expect(under.receiver.types()).toEqual([]);
  });

  it.each<[Fault['fault'], unknown]>([
    ['server_error', 500],
    ['rate_limit', 429],
  ])('answer %s after the work: it is done, and the same key gives its answer', async (fault, status) => {
    under.sandbox.injectFault({ fault, when: 'after' });

    expect(await statusOf(create('key'))).toBe(status);
    const again = await create('key');
    expect(again.lastResponse.headers['idempotent-replayed']).toBe('true');
    expect(await made()).toBe(1);
    await under.receiver.event('product.created', again.id);
  });

  it('look like Stripe’s own errors', async () => {
    under.sandbox.injectFault({ fault: 'rate_limit' });

    const error = await create().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Stripe.errors.StripeRateLimitError);
    expect(error).toMatchObject({ code: 'rate_limit', requestId: expect.stringMatching(/^req_/) });
  });

  // The SDK tries a broken connection once more by itself, so there are two to break.
  it.each<[Fault['when'], number]>([
    ['before', 0],
    ['after', 1],
  ])('break the connection %s the work', async (when, count) => {
    under.sandbox.injectFault({ fault: 'reset', when, times: 2 });

    expect(await statusOf(create('key'))).toBe('StripeConnectionError');
    expect(await made()).toBe(count);
  });

  it('hang until they are let go', async () => {
    under.sandbox.injectFault({ fault: 'hang', when: 'after' });
    const call = statusOf(create('key'));
    await eventually(async () => ((await made()) === 1 ? true : undefined), 'the work to be done');

    const first = await Promise.race([call, under.stripe.products.list().then(() => 'others are answered')]);
    expect(first).toBe('others are answered');
    under.sandbox.clearFaults();
    expect(await call).toBe(200); // the SDK tried again, with its key
    expect(await made()).toBe(1);
  });

  it.each<[Fault['when'], boolean, number]>([
    ['before', true, 3_000], // longer than the next call takes on a slow machine
    ['after', false, 400],
  ])('are answered late, delayed %s the work', async (when, seesIt, delayMs) => {
    under.sandbox.injectFault({ fault: 'slow', when, delayMs });
    const late = under.stripe.products.list();
    await eventually(() => (under.sandbox.faults().length === 0 ? true : undefined), 'the call to be slow');
    await create();

    expect((await late).data).toHaveLength(seesIt ? 1 : 0);
  });

  it('do not keep a sandbox from closing', async () => {
    under.sandbox.injectFault({ fault: 'hang' });
    const call = statusOf(create());
    await eventually(() => (under.sandbox.faults().length === 0 ? true : undefined), 'the call to hang');
    await under.restart();

    expect(await call).toBe('StripeConnectionError');
  });

  it('strike only what they are for, as often as they are for', async () => {
    const refused = { fault: 'server_error', only: 'POST /v1/prod*', times: 2 } as const;
    under.sandbox.injectFault(refused);

    expect(await statusOf(under.stripe.products.list())).toBe(200);
    expect(await statusOf(under.stripe.prices.list())).toBe(200);
    expect([await statusOf(create()), await statusOf(create()), await statusOf(create())]).toEqual([500, 500, 200]);
  });

  it('strike by chances that a seed decides', async () => {
    const answers = async (seed: number): Promise<unknown[]> => {
      under.sandbox.injectFault({ fault: 'server_error', chance: 0.3, seed });
      const statuses: unknown[] = [];
      for (let call = 0; call < 30; call++) statuses.push(await statusOf(under.stripe.prices.list()));
      under.sandbox.clearFaults();
      return statuses;
    };
    const first = await answers(7);

    expect(new Set(first)).toEqual(new Set([200, 500]));
    expect(await answers(7)).toEqual(first);
    expect(await answers(8)).not.toEqual(first);
  });

  it('are asked for, listed and taken back over the control API', async () => {
    const { post, get, remove } = control(under.sandbox);
    const asked = await post('/faults', { fault: 'reset', when: 'after', only: 'POST /v1/refunds', times: 3 });

    const fault = { fault: 'reset', when: 'after', only: 'POST /v1/refunds', times: 3, chance: 1, struck: 0 };
    expect(asked).toMatchObject({ status: 200, body: fault });
    expect((await get('/faults')).body).toMatchObject({ faults: [fault] });
    await post('/faults', new URLSearchParams({ fault: 'late', delay_ms: '5', chance: '0.5', times: '' }));
    expect((await get('/faults')).body).toMatchObject({ faults: [fault, { fault: 'late', delay_ms: 5, times: null }] });
    expect(await remove('/faults/1')).toMatchObject({ status: 200 });
    expect(await remove('/faults/1')).toMatchObject({ status: 404 });
    expect(await remove('/faults')).toMatchObject({ body: { faults: [] } });
    expect(await get('/faults')).toMatchObject({ body: { faults: [] } });
  });

  it.each([
    [{}, 'fault'],
    [{ fault: 'explode' }, 'fault'],
    [{ fault: 'reset', chance: 2 }, 'chance'],
    [{ fault: 'reset', times: 0 }, 'times'],
    [{ fault: 'lost', when: 'after' }, 'when'],
    [{ fault: 'reset', path: '/v1' }, 'path'],
  ])('are refused where they make no sense: %j', async (fault, param) => {
    const { status, body } = await control(under.sandbox).post('/faults', fault);

    expect({ status, body }).toMatchObject({ status: 400, body: { error: { param } } });
  });

  it('cannot be asked for by a page from elsewhere', async () => {
    const headers = { origin: 'http://elsewhere.test' };
    const answer = await fetch(`${under.sandbox.url}/_sandbox/faults/clear`, { method: 'POST', headers });

    expect(answer.status).toBe(403);
  });

  it('can be there from the start', async () => {
    await under.stop();
    under = await SandboxUnderTest.start({ faults: [{ fault: 'rate_limit', only: '/v1/products' }] });

    expect(await statusOf(client(under.sandbox.port).products.list())).toBe(429);
  });
});
