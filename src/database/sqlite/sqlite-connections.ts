import sqlite3 from 'sqlite3';
import { DataSource, type DataSourceOptions } from 'typeorm';
import type { SqliteDriver } from 'typeorm/driver/sqlite/SqliteDriver.js';
import { SnakeNaming } from '../typeorm/options.js';
import { makePrivate } from './sqlite-file.js';
import { WritingQueryRunner } from '../typeorm/writing-query-runner.js';

/** How long a write waits for another process (the command line, a backup) to let go of the file. */
const BUSY_TIMEOUT_MS = 5_000;
/** SQLite's own checkpoints, which hold everybody up, begin well above those of `Checkpoints`. */
const AUTOCHECKPOINT_PAGES = 128_000;
/** Memory for pages, in KiB: with SQLite's default of 2 MiB, the indexes of a few 10,000 rows are read from the file again and again. */
const CACHE_KIB = 8_192;

/** TypeORM asks for the driver's verbose mode, which takes a stack trace at every call: a quarter of a loaded server's time. */
const quietDriver = { ...sqlite3, verbose: () => sqlite3 };

/** Options that both connections share. */
export function sqliteOptions(path: string): DataSourceOptions {
  return {
    type: 'sqlite',
    driver: quietDriver,
    database: path,
    enableWAL: true,
    busyTimeout: BUSY_TIMEOUT_MS,
    synchronize: false,
    namingStrategy: new SnakeNaming(),
  };
}

/** The connection that repositories read through: SQLite itself refuses a write on it. */
export async function openForReading(options: DataSourceOptions): Promise<DataSource> {
  makePrivate(String(options.database));
  const source = await new DataSource(options).initialize();
  await source.query('PRAGMA query_only = ON');
  return source;
}

/** The one connection that writes. */
export async function openForWriting(options: DataSourceOptions): Promise<DataSource> {
  const source = await new DataSource(options).initialize();
  await source.query('PRAGMA synchronous = FULL'); // a commit is on disk before anybody is told of it
  await source.query('PRAGMA temp_store = MEMORY'); // or each statement on many rows keeps what it changes in a file of its own
  await source.query(`PRAGMA cache_size = -${CACHE_KIB}`);
  await source.query(`PRAGMA wal_autocheckpoint = ${AUTOCHECKPOINT_PAGES}`);
  return source;
}

/** The runner of all that is written. */
export const writingRunner = (source: DataSource): WritingQueryRunner =>
  new WritingQueryRunner(source.driver as SqliteDriver);
