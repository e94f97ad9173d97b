import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import type { DataSource } from 'typeorm';
import { StorageUnavailableError } from '../unit-of-work.js';
import { writingRunner, openForReading, openForWriting, sqliteOptions } from './sqlite-engine.js';
import { SqliteUnitOfWork } from './sqlite-unit-of-work.js';
import type { WritingQueryRunner } from '../typeorm/writing-query-runner.js';

describe('a unit of work', () => {
  let folder: string;
  let writing: DataSource;
  let reading: DataSource;
  let runner: WritingQueryRunner;
  let units: SqliteUnitOfWork;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'nsb-units-'));
    const options = sqliteOptions(join(folder, 'test.db'));
    writing = await openForWriting(options);
    reading = await openForReading(options);
    await writing.query('CREATE TABLE notes (id integer PRIMARY KEY, text varchar NOT NULL)');
    runner = writingRunner(writing);
    units = new SqliteUnitOfWork(runner);
  });
  afterEach(async () => {
    await reading.destroy();
    await runner.finalizeStatements();
    await writing.destroy();
    rmSync(folder, { recursive: true });
  });

  const add = (id: number, fails = false) =>
    units.run(async (tx) => {
      await tx.query('INSERT INTO notes VALUES ($1, $2)', [id, `note ${id}`]);
      if (fails) throw new Error(`unit ${id} fails`);
      return id;
    });
  const stored = async () =>
    ((await reading.query('SELECT id FROM notes ORDER BY id')) as { id: number }[]).map(({ id }) => id);

  it('is on disk, for every reader, when it resolves', async () => {
    expect(await add(1)).toBe(1);
    expect(await stored()).toEqual([1]);
  });

  it('stores nothing of itself when it fails, and takes nothing else along', async () => {
    const results = await Promise.allSettled([add(1), add(2, true), add(3)]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await stored()).toEqual([1, 3]);
  });

  it('stores exactly the units that resolved, however many run at once', async () => {
    let next = 0;
    const plan = fc.array(fc.boolean(), { minLength: 1, maxLength: 300 });
    await fc.assert(
      fc.asyncProperty(plan, async (fails) => {
        const results = await Promise.allSettled(fails.map((fail) => add(++next, fail)));
        const acknowledged = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
        const first = next - fails.length;
        expect((await stored()).filter((id) => id > first)).toEqual(acknowledged);
      }),
      { numRuns: 20 },
    );
  });

  it('sees what the units before it wrote, and loses none of it', async () => {
    await units.run((tx) => tx.query("INSERT INTO notes VALUES (1, '0')"));
    const increment = () =>
      units.run(async (tx) => {
        const [row] = (await tx.query('SELECT text FROM notes WHERE id = 1')) as { text: string }[];
        await tx.query('UPDATE notes SET text = $1 WHERE id = 1', [String(Number(row?.text) + 1)]);
      });
    await Promise.all(Array.from({ length: 200 }, increment));
    expect(await reading.query('SELECT text FROM notes')).toEqual([{ text: '200' }]);
  });

  it('may nest transactions of TypeORM', async () => {
    await units.run(async (tx) => {
      await tx.query("INSERT INTO notes VALUES (1, 'outer')");
      await tx
        .transaction(async (inner) => {
          await inner.query("INSERT INTO notes VALUES (2, 'inner')");
          throw new Error('only the inner one');
        })
        .catch(() => undefined);
    });
    expect(await stored()).toEqual([1]);
  });

  it('fails, and works again, when another process holds the file for too long', async () => {
    await writing.query('PRAGMA busy_timeout = 20');
    const other = await openForWriting(sqliteOptions(join(folder, 'test.db')));
    await other.query('BEGIN IMMEDIATE');
    await expect(add(1)).rejects.toThrow('SQLITE_BUSY');
    await other.query('ROLLBACK');
    await other.destroy();
    expect(await add(1)).toBe(1);
  });

  it('fails with the reason when its SQL is wrong, and goes on with the next one', async () => {
    await expect(units.run((tx) => tx.query('SELEKT 1'))).rejects.toThrow('syntax error');
    await expect(units.run((tx) => tx.query('INSERT INTO notes VALUES (1, NULL)'))).rejects.toThrow('NOT NULL');
    expect(await add(1)).toBe(1);
  });

  it('may be one statement, which is stored by itself or together with what waits, and gets its own failure', async () => {
    const put = (id: number, text: string | null) =>
      units.runStatement((tx) => tx.query('INSERT INTO notes VALUES ($1, $2)', [id, text]));
    await put(1, 'alone');
    await expect(put(2, null)).rejects.toThrow('NOT NULL');
    const together = await Promise.allSettled([put(3, 'first'), put(1, 'there already'), add(4)]);
    expect(together.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await stored()).toEqual([1, 3, 4]);
  });

  it('that is one statement finds the file held by another process as unavailable storage', async () => {
    await writing.query('PRAGMA busy_timeout = 20');
    const other = await openForWriting(sqliteOptions(join(folder, 'test.db')));
    await other.query('BEGIN IMMEDIATE');
    const put = () => units.runStatement((tx) => tx.query("INSERT INTO notes VALUES (1, 'x')"));
    await expect(put()).rejects.toThrow(StorageUnavailableError);
    await other.query('ROLLBACK');
    await other.destroy();
    await put();
    expect(await stored()).toEqual([1]);
  });

  it('is ended when it waits for something, holds up the next no longer, and writes nothing afterwards', async () => {
    const hasty = new SqliteUnitOfWork(runner, undefined, 30);
    let letGo = () => {};
    let late: Promise<unknown> = Promise.resolve();
    const slow = hasty.run(async (tx) => {
      await tx.query("INSERT INTO notes VALUES (1, 'early')");
      await new Promise<void>((resolve) => (letGo = resolve));
      late = tx.query("INSERT INTO notes VALUES (2, 'late')");
      await late;
    });
    const next = hasty.run((tx) => tx.query("INSERT INTO notes VALUES (3, 'next')"));
    await expect(slow).rejects.toThrow('took longer than 30 ms');
    await next;
    letGo();
    await new Promise(setImmediate);
    await expect(late).rejects.toThrow('This unit of work is over');
    expect(await stored()).toEqual([3]);
  });

  it('of handling goes after three of intake while both are asked for again and again, one after the other', async () => {
    const written: string[] = [];
    let left = 200;
    const ask = async (queue: 'intake' | 'handling') => {
      while (left-- > 0) await units.run(async () => void written.push(queue === 'intake' ? 'i' : 'h'), { queue });
    };
    await Promise.all([ask('handling'), ask('intake')]);
    expect(written.join('')).toMatch(/^h?(iiih){40,}i*h?$/);
    expect(units.intakeWaits).toBe(false);
  });

  it('is seen to wait, or to be written, where it is of intake', async () => {
    const seen: boolean[] = [];
    const handling = units.run(async () => void seen.push(units.intakeWaits), { queue: 'handling' });
    await handling;
    const look = async () => void seen.push(units.intakeWaits);
    await Promise.all([units.run(look), units.run(look, { queue: 'handling' })]);
    expect(seen).toEqual([false, true, false]);
  });

  it('may run the same statement several times at once', async () => {
    const insert = 'INSERT INTO notes VALUES ($1, $2)';
    await units.run((tx) => Promise.all([1, 2, 3].map((id) => tx.query(insert, [id, 'together']))));
    expect(await stored()).toEqual([1, 2, 3]);
  });

  it('is read by statements that stay prepared, also after a migration', async () => {
    await add(1);
    const read = () => reading.query('SELECT * FROM notes');
    expect(await read()).toEqual([{ id: 1, text: 'note 1' }]);
    await writing.query("ALTER TABLE notes ADD COLUMN kind varchar DEFAULT 'new'");
    const rows = [{ id: 1, text: 'note 1', kind: 'new' }];
    expect(await Promise.all([read(), read()])).toEqual([rows, rows]);
    await expect(reading.query('SELECT absent FROM notes')).rejects.toThrow('no such column');
  });

  it('cannot write through the connection for reading', async () => {
    await expect(reading.query("INSERT INTO notes VALUES (9, 'x')")).rejects.toThrow('readonly');
  });
});
