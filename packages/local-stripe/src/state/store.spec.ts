import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FaultRules } from '../faults/fault-rules.js';
import type { Coupon } from '../model/wire.js';
import { Database } from './database.js';
import { DELIVERIES_SCHEMA, SCHEMA } from './schema.js';
import { NO_REQUEST, savepoint, Store, type Tx } from './store.js';

const coupon = (id: string, name = ''): Coupon => ({ id, object: 'coupon', created: 1, name }) as Coupon;

describe('a transaction on the state', () => {
  let folder: string;
  let database: Database;
  let store: Store;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'local-stripe-'));
    database = await Database.open(join(folder, 'state.db'));
    await database.exec(SCHEMA + DELIVERIES_SCHEMA);
    store = new Store(database, { clock: { aheadMs: 0 }, listeners: new Map(), faultRules: new FaultRules([]) });
  });
  afterEach(async () => {
    await database.close();
    await rm(folder, { recursive: true });
  });

  const change = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => store.change(NO_REQUEST, work);
  const names = () =>
    store.read(async ({ objects }) =>
      (await objects.list('coupon', { limit: 9 })).map(({ id, name }) => `${id} ${name}`),
    );

  it('lists what it has added and changed itself', async () => {
    const listed = await change(async ({ objects }) => {
      await objects.insert(coupon('one'));
      await objects.insert(coupon('two'));
      await objects.save(coupon('one', 'changed'));
      return objects.list('coupon', { limit: 9 });
    });

    expect(listed.map(({ id, name }) => ({ id, name }))).toEqual([
      { id: 'two', name: '' },
      { id: 'one', name: 'changed' },
    ]);
  });

  it('stores the last of several changes of an object', async () => {
    await change(({ objects }) => objects.insert(coupon('one')));
    await change(async ({ objects }) => {
      for (const name of ['first', 'second', 'last']) await objects.save(coupon('one', name));
    });

    expect(await names()).toEqual(['one last']);
  });

  it('keeps what was done before a savepoint that is rolled back, and nothing of what was done after it', async () => {
    const found = await change(async (tx) => {
      await tx.objects.insert(coupon('before', 'kept'));
      const takeBack = await savepoint(tx);
      await tx.objects.save(coupon('before', 'lost'));
      await tx.objects.insert(coupon('after'));
      await tx.objects.list('coupon', { limit: 9 });
      await takeBack();
      return [await tx.objects.find('coupon', 'before'), await tx.objects.find('coupon', 'after')];
    });

    expect(found).toEqual([coupon('before', 'kept'), undefined]);
    expect(await names()).toEqual(['before kept']);
  });

  it('stores nothing where it fails', async () => {
    const failing = change(async ({ objects }) => {
      await objects.insert(coupon('one'));
      throw new Error('failed');
    });

    await expect(failing).rejects.toThrow('failed');
    expect(await names()).toEqual([]);
  });

  it('refuses a second object with the same id', async () => {
    await change(({ objects }) => objects.insert(coupon('one', 'first')));

    await expect(change(({ objects }) => objects.insert(coupon('one', 'second')))).rejects.toThrow('UNIQUE');
    expect(await names()).toEqual(['one first']);
  });

  it('runs a timer that is set meanwhile before those that are due later', async () => {
    const order = await change(async ({ timers }) => {
      await timers.setFor('invoice_due', 'in_2', 2_000, '');
      await timers.setFor('invoice_due', 'in_4', 4_000, '');
      const ran: string[] = [];
      for (let due = await timers.due(9_000); due; due = await timers.due(9_000)) {
        ran.push(due.objectId);
        await timers.setFor('invoice_due', due.objectId, undefined, '');
        if (due.objectId === 'in_2') await timers.setFor('subscription_due', 'sub_3', 3_000, '');
        await timers.remove(due);
      }
      return ran;
    });

    expect(order).toEqual(['in_2', 'sub_3', 'in_4']);
  });
});
