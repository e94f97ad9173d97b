import { FaultRules } from '../faults/fault-rules.js';
import type { Product, WebhookEndpoint } from '../model/wire.js';
import { Database } from './database.js';
import { dueDeliveries, type EndedAttempt, recordAttempts } from './delivery-attempts.js';
import { countDeliveries } from './delivery-reports.js';
import { DELIVERIES_SCHEMA, SCHEMA } from './schema.js';
import { NO_REQUEST, savepoint, Store, type Tx } from './store.js';

const FAR = Number.MAX_SAFE_INTEGER;
const nameOf = ({ delivery: { event } }: EndedAttempt): string => (event.data.object as Product).id;
const product = (id: string): Product => ({ id, object: 'product', name: id }) as Product;

describe('deliveries in the state file', () => {
  let database: Database;
  let store: Store;
  let faultRules: FaultRules;
  beforeEach(async () => {
    database = await Database.open(':memory:');
    await database.exec(SCHEMA + DELIVERIES_SCHEMA);
    faultRules = new FaultRules([]);
    const listeners = new Map([['listener', { url: 'http://127.0.0.1:1', secret: 'whsec_1' }]]);
    store = new Store(database, { clock: { aheadMs: 0 }, listeners, faultRules });
  });
  afterEach(() => database.close());

  const change = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => store.change(NO_REQUEST, work);
  const made = (...ids: string[]) =>
    change(async ({ events }) => {
      for (const id of ids) await events.record('product.created', product(id));
    });
  const due = (endpointId = 'listener', atMs = FAR) =>
    store.read((tx) => dueDeliveries(tx.database, endpointId, atMs, { limit: 9, except: [] }));
  const counts = () => store.read((tx) => countDeliveries(tx.database, Date.now()));
  const ended = async (state: EndedAttempt['state'], dueAtMs = 0): Promise<EndedAttempt[]> =>
    (await due('listener', Date.now())).due.map((delivery) => ({
      delivery,
      attempt: { ok: state === 'delivered', answer: '200', said: '' },
      state,
      dueAtMs,
    }));
  const record = (attempts: EndedAttempt[]) => change((tx) => recordAttempts(tx, attempts));

  it('are due in the order of their events, and counted by how far they are', async () => {
    faultRules.add({ fault: 'lost', only: 'product.created', times: 1 });
    await made('lost', 'one', 'two', 'three', 'four');
    const [one, two, three, four] = await ended('delivered');
    if (!one || !two || !three || !four) throw new Error('There are four');
    expect([one, two, three, four].map(nameOf)).toEqual(['one', 'two', 'three', 'four']);

    await record([one, { ...two, state: 'failed' }, { ...three, state: 'pending', dueAtMs: FAR }]);
    expect(await counts()).toEqual({ due: 1, later: 1, delivered: 1, lost: 1, given_up: 1 });
    expect((await due('listener', Date.now())).nextDueAtMs).toBe(FAR);
    const pending = await store.read(({ objects }) => objects.list('event', { limit: 9 }));
    expect(pending.map(({ pending_webhooks }) => pending_webhooks)).toEqual([1, 1, 1, 0, 0]);
  });

  it('are counted from nothing again after a reset', async () => {
    await made('one', 'two');
    await record(await ended('delivered'));
    await change((tx) => tx.database.run('DELETE FROM webhook_deliveries'));
    expect(await counts()).toEqual({ due: 0, later: 0, delivered: 0, lost: 0, given_up: 0 });
    await made('three');
    expect(await counts()).toEqual({ due: 1, later: 0, delivered: 0, lost: 0, given_up: 0 });
  });

  it('that were under way when their endpoint was deleted are not tried again', async () => {
    await made('fails', 'succeeds');
    const [fails, succeeds] = await ended('delivered');
    if (!fails || !succeeds) throw new Error('There are two');
    await change(({ deliveries }) => deliveries.giveUpOn('listener'));
    await record([{ ...fails, state: 'pending', dueAtMs: FAR }, succeeds]);

    expect(await counts()).toEqual({ due: 0, later: 0, delivered: 1, lost: 0, given_up: 1 });
  });

  it('that were under way when all was reset leave nothing behind', async () => {
    await made('one');
    const before = await ended('pending', FAR);
    await change(async ({ database: tables }) => {
      for (const table of ['webhook_deliveries', 'delivery_attempts']) await tables.run(`DELETE FROM ${table}`);
    });
    await record(before);

    expect(await database.all('SELECT * FROM delivery_attempts')).toEqual([]);
    expect(await counts()).toMatchObject({ later: 0, delivered: 0 });
  });

  it('record what was answered, whatever it is', async () => {
    const said = '"\'\0 ü 🙂';
    await made('one');
    const [one] = await ended('delivered');
    if (one) await record([{ ...one, attempt: { ok: true, answer: '200', said } }]);

    expect(await database.all('SELECT answer, said FROM delivery_attempts')).toEqual([{ answer: '200', said }]);
  });

  it('are not made for an event that is taken back', async () => {
    await change(async (tx) => {
      await tx.events.record('product.created', product('kept'));
      const takeBack = await savepoint(tx);
      await tx.events.record('product.created', product('lost'));
      await takeBack();
    });

    expect(await counts()).toMatchObject({ due: 1 });
  });

  it('go to endpoints as they are now: not to one whose making failed, nor to one that was removed', async () => {
    const endpoint = {
      id: 'we_1',
      object: 'webhook_endpoint',
      api_version: null,
      enabled_events: ['*'],
      url: 'http://x',
    };
    const make = async ({ objects, endpoints }: Tx): Promise<void> => {
      await objects.insert({ ...endpoint, status: 'enabled' } as WebhookEndpoint, { secret: 'whsec_2' });
      endpoints.changed();
    };
    const failing = change(async (tx) => {
      await make(tx);
      expect(await tx.endpoints.wanting('product.created')).toEqual(['listener', 'we_1']);
      throw new Error('failed');
    });
    await expect(failing).rejects.toThrow('failed');
    await made('before');
    await change(make);
    await made('then');
    await change(async ({ objects, endpoints }) => {
      await objects.remove('we_1');
      endpoints.changed();
    });
    await made('after');

    expect((await due()).due).toHaveLength(3);
    expect((await due('we_1')).due.map(({ event }) => event.data.object)).toEqual([product('then')]);
  });
});
