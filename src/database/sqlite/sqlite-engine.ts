import { DataSource, type DataSourceOptions } from 'typeorm';
import type { SqliteDriver } from 'typeorm/driver/sqlite/SqliteDriver.js';
import { type Engine, NoNotifier, type Writer } from '../engine.js';
import { sqliteDriver, TYPEORM_OPTIONS } from '../typeorm/options.js';
import { PreparedQueryRunner } from '../typeorm/prepared-query-runner.js';
import { WritingQueryRunner } from '../typeorm/writing-query-runner.js';
import { Checkpoints } from './checkpoints.js';
import { explainFileErrors, removeIfTemporary, restrictAccess, sqlitePath } from './sqlite-file.js';
import { SqliteUnitOfWork } from './sqlite-unit-of-work.js';

/** How long a write waits for another process (the command line, a backup) to release the file. */
const BUSY_TIMEOUT_MS = 5_000;
/** When SQLite copies the log by itself, in whichever commit is one too many: well above when `Checkpoints` does. */
const AUTOCHECKPOINT_PAGES = 128_000;
/** Memory for pages, KiB. SQLite's default of 2 MiB does not hold the indexes of a few 10,000 rows. */
const CACHE_KIB = 8_192;

/** Options that both connections share. */
export function sqliteOptions(path: string): DataSourceOptions {
  return {
    ...TYPEORM_OPTIONS,
    type: 'sqlite',
    driver: sqliteDriver,
    database: path,
    enableWAL: true,
    busyTimeout: BUSY_TIMEOUT_MS,
  };
}

/** A connection whose queries are all of one runner, which keeps their statements prepared. */
class ReadingDataSource extends DataSource {
  private runner: PreparedQueryRunner | undefined;

  override async initialize(): Promise<this> {
    await super.initialize();
    const driver = this.driver as SqliteDriver;
    driver.queryRunner = this.runner = new PreparedQueryRunner(driver);
    return this;
  }

  override async destroy(): Promise<void> {
    await this.runner?.finalizeStatements();
    await super.destroy();
  }
}

/** The connection that repositories read through: SQLite itself refuses a write on it. */
export async function openForReading(options: DataSourceOptions): Promise<DataSource> {
  restrictAccess(String(options.database));
  const source = await new ReadingDataSource(options).initialize();
  await source.query('PRAGMA query_only = ON');
  return source;
}

/** The one connection that writes. */
export async function openForWriting(options: DataSourceOptions): Promise<DataSource> {
  const source = await new DataSource(options).initialize();
  await source.query('PRAGMA synchronous = FULL'); // a commit is on disk before its unit resolves
  await source.query('PRAGMA temp_store = MEMORY'); // by default the undo journal of each statement on many rows is a file of its own
  await source.query(`PRAGMA cache_size = -${CACHE_KIB}`);
  await source.query(`PRAGMA wal_autocheckpoint = ${AUTOCHECKPOINT_PAGES}`);
  return source;
}

/** The runner of all that is written. */
export const writingRunner = (source: DataSource): WritingQueryRunner =>
  new WritingQueryRunner(source.driver as SqliteDriver);

/** One file, and one process that serves from it. */
export const sqliteEngine: Engine = {
  options: ({ databaseUrl }) => sqliteOptions(sqlitePath(databaseUrl)),
  openForReading: (options) => explainFileErrors(String(options.database), () => openForReading(options)),
  openForWriting: (reading) => explainFileErrors(String(reading.options.database), () => openWriter(reading)),
};

async function openWriter(reading: DataSource): Promise<Writer> {
  const path = String(reading.options.database);
  const source = await openForWriting(reading.options);
  await source.runMigrations({ transaction: 'all' });
  const runner = writingRunner(source);
  const checkpoints = await Checkpoints.open(path, runner);
  const unitOfWork = new SqliteUnitOfWork(runner, () => checkpoints.committed());
  const onApplicationShutdown = async () => {
    await unitOfWork.settled();
    await checkpoints.close();
    await runner.finalizeStatements();
    await source.destroy();
    removeIfTemporary(path);
  };
  return { unitOfWork, notifier: new NoNotifier(), onApplicationShutdown };
}
