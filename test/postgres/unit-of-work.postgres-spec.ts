import type { EventEmitter } from 'node:events';
import fc from 'fast-check';
import type { EntityManager } from 'typeorm';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js';
import { lockKeys } from '../../src/database/sql.js';
import { PostgresUnitOfWork } from '../../src/database/postgres/postgres-unit-of-work.js';
import { Table } from '../../src/database/table.js';
import { eventually } from '../support/eventually.js';
import { BareDatabase, Note } from './support/bare-database.js';

const notes = new Table(Note);

describe('a unit of work on PostgreSQL', () => {
  let database: BareDatabase;
  beforeEach(async () => {
    database = await BareDatabase.create();
  });
  afterEach(() => database.drop());

  const add = (id: number, fails = false) =>
    database.units.run(async (tx) => {
      await notes.insert(tx, { id, text: `note ${id}` });
      if (fails) throw new Error(`unit ${id} fails`);
      return id;
    });

  /** A request on a connection that was cut fails, and is made again. */
  const idsSoon = () => eventually('the notes can be read', () => database.ids().catch(() => undefined));

  it('is stored, for every reader, when it resolves; one that fails stores nothing and takes nothing else along', async () => {
    const results = await Promise.allSettled([add(1), add(2, true), add(3)]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await database.ids()).toEqual([1, 3]);
  });

  it('is stored exactly where it resolved, however many run at once and whatever becomes of the connections', async () => {
    let next = 0;
    const plan = fc.array(fc.constantFrom('works', 'works', 'fails', 'cut'), { minLength: 1, maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(plan, async (fates) => {
        const first = next;
        const results = await Promise.allSettled(
          fates.map((fate) => {
            next++;
            return fate === 'cut' ? database.cutConnections() : add(next, fate === 'fails');
          }),
        );
        const acknowledged = results.flatMap((result) =>
          result.status === 'fulfilled' && typeof result.value === 'number' ? [result.value] : [],
        );
        const stored = new Set(await idsSoon());
        const failed = fates.flatMap((fate, at) => (fate === 'fails' ? [first + at + 1] : []));
        expect(acknowledged.filter((id) => !stored.has(id))).toEqual([]);
        expect(failed.filter((id) => stored.has(id))).toEqual([]);
      }),
      { numRuns: 15 },
    );
  });

  it('loses no change of a row that it has read to change it', async () => {
    await database.units.run((tx) => notes.insert(tx, { id: 1, text: '0' }));
    await Promise.all(Array.from({ length: 50 }, () => database.units.run((tx) => increment(tx, 1))));
    expect(await database.textOf(1)).toBe('50');
  });

  it('waits for its turn, where it names what has no row yet', async () => {
    const unlessThere = (tx: EntityManager) =>
      lockKeys(tx, ['note 7', 'note 8']).then(async () => {
        if ((await notes.find(tx, { id: 7 })).length === 0) await notes.insert(tx, { id: 7, text: 'first' });
      });
    await Promise.all(Array.from({ length: 20 }, () => database.units.run(unlessThere)));
    expect(await database.ids()).toEqual([7]);
  });

  it('is done again when it and another one wait for each other', async () => {
    for (const id of [1, 2]) await database.units.run((tx) => notes.insert(tx, { id, text: '0' }));
    const both = (first: number, second: number) =>
      database.units.run(async (tx) => {
        await increment(tx, first);
        await tx.query('SELECT pg_sleep(0.1)'); // until the other one has its first row
        await increment(tx, second);
      });
    await Promise.all([both(1, 2), both(2, 1)]);
    expect([await database.textOf(1), await database.textOf(2)]).toEqual(['2', '2']);
  });

  it('is not taken for stored when it went on after a statement that failed', async () => {
    const careless = database.units.run(async (tx) => {
      await notes.insert(tx, { id: 1, text: 'one' });
      await tx.query('INSERT INTO notes VALUES (1, $1)', ['again']).catch(() => undefined);
    });
    await expect(careless).rejects.toThrow('PostgreSQL stored nothing of it');
    expect(await database.ids()).toEqual([]);
  });

  it('is ended when it waits for something, and its connection serves the next one', async () => {
    const hasty = new PostgresUnitOfWork(database.writing, 50);
    let late: Promise<unknown> = Promise.resolve();
    const slow = hasty.run(async (tx) => {
      await notes.insert(tx, { id: 1, text: 'early' });
      await tx.query('SELECT pg_sleep(0.2)').catch(() => undefined);
      late = notes.insert(tx, { id: 2, text: 'late' });
      await late;
    });
    await expect(slow).rejects.toThrow('took longer than 50 ms');
    expect(await add(3)).toBe(3);
    await expect(late).rejects.toThrow('already released');
    expect(await database.ids()).toEqual([3]);
  });

  it('is refused as unavailable, and served again, when the connections are cut under it', async () => {
    const cut = database.units.run(async (tx) => {
      await notes.insert(tx, { id: 1, text: 'one' });
      await database.cutConnections();
      await tx.query('SELECT 1');
    });
    await expect(cut).rejects.toMatchObject({ statusCode: 503 });
    expect(await add(2)).toBe(2);
    expect(await idsSoon()).toEqual([2]);
  });

  it('lets a connection die that was just handed over, and not the process', async () => {
    const [connection, release] = await (database.writing.driver as PostgresDriver).obtainMasterConnection();
    const dies = () => (connection as EventEmitter).emit('error', new Error('terminated by an administrator'));
    expect(dies).not.toThrow();
    (release as (error: Error) => void)(new Error('it died'));
    expect(await add(1)).toBe(1);
  });

  it('cannot write through the pool for reading', async () => {
    await expect(database.reading.query("INSERT INTO notes VALUES (9, 'x')")).rejects.toThrow('read-only');
  });
});

async function increment(tx: EntityManager, id: number): Promise<void> {
  const [note] = await notes.findToChange(tx, { id });
  await notes.update(tx, { id }, { text: String(Number(note?.text) + 1) });
}
