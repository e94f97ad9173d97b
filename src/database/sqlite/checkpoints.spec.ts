import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import { Checkpoints } from './checkpoints.js';
import { openForReading, openForWriting, sqliteOptions, writingRunner } from './sqlite-engine.js';
import { SqliteUnitOfWork } from './sqlite-unit-of-work.js';
import type { WritingQueryRunner } from '../typeorm/writing-query-runner.js';

const PAGE_BYTES = 4_096;
const PAGES = 100;
const ROW_BYTES = 10 * PAGE_BYTES;
const ROWS = 600;

describe('the write-ahead log of a database under load', () => {
  let folder: string;
  let path: string;
  let writing: DataSource;
  let runner: WritingQueryRunner;
  let checkpoints: Checkpoints;
  let units: SqliteUnitOfWork;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'nsb-checkpoints-'));
    path = join(folder, 'test.db');
    writing = await openForWriting(sqliteOptions(path));
    await writing.query('CREATE TABLE notes (id integer PRIMARY KEY, text blob NOT NULL)');
    runner = writingRunner(writing);
    checkpoints = await Checkpoints.open(path, runner, PAGES);
    units = new SqliteUnitOfWork(runner, () => checkpoints.committed());
  });
  afterEach(async () => {
    await units.settled();
    await checkpoints.close();
    await runner.finalizeStatements();
    await writing.destroy();
    rmSync(folder, { recursive: true });
  });

  const add = (id: number) =>
    units.run((tx) => tx.query(`INSERT INTO notes VALUES ($1, zeroblob(${ROW_BYTES}))`, [id]));
  const logBytes = () => statSync(`${path}-wal`).size;

  it('is copied into the database file on the way, so that it starts again and stays small', async () => {
    for (let id = 0; id < ROWS; id++) await add(id);
    expect(logBytes()).toBeLessThan((ROWS * ROW_BYTES) / 3);
    expect(statSync(path).size).toBeGreaterThan(ROWS * ROW_BYTES * 0.75);
  });

  it('loses nothing of what is written while it is copied', async () => {
    for (let id = 0; id < ROWS; id += 20) await Promise.all(Array.from({ length: 20 }, (_, more) => add(id + more)));
    const reading = await openForReading(sqliteOptions(path));
    const [found] = (await reading.query('SELECT count(*) AS rows, sum(id) AS ids FROM notes')) as unknown[];
    await reading.destroy();
    expect(found).toEqual({ rows: ROWS, ids: (ROWS * (ROWS - 1)) / 2 });
  });
});
