import { setTimeout } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { MigrationExecutor } from 'typeorm';
import type { Engine } from '../engine.js';
import { DatabaseUnreachableError, isUnavailable } from '../unit-of-work.js';
import {
  clientConfig,
  openPool,
  type PostgresOptions,
  postgresOptions,
  readOnly,
  writable,
} from './postgres-connections.js';
import { PostgresNotifier } from './postgres-notifier.js';
import { PostgresUnitOfWork } from './postgres-unit-of-work.js';

/** A server that several instances share. Each has a pool for reading and one for writing. */
export const postgresEngine: Engine = {
  options: (env) => readOnly(postgresOptions(env)),
  openForReading: (options) => connectWithRetry(() => openPool(options as PostgresOptions)),
  openForWriting: async (reading) => {
    const options = writable(reading.options as PostgresOptions);
    await migrate(options);
    const source = await openPool(options);
    const notifier = new PostgresNotifier(source, clientConfig(options));
    const onApplicationShutdown = async () => {
      await notifier.stop();
      await source.destroy();
    };
    return { unitOfWork: new PostgresUnitOfWork(source), notifier, onApplicationShutdown };
  },
};

/** How long a boot waits for a server that is still starting, ms. */
const LONGEST_WAIT_MS = 30_000;
const RETRY_EVERY_MS = 500;

/**
 * Opens a connection, and retries while PostgreSQL cannot be reached: a compose file starts both at once.
 * @throws DatabaseUnreachableError
 */
async function connectWithRetry<T>(open: () => Promise<T>): Promise<T> {
  const logger = new Logger('Database');
  const end = Date.now() + LONGEST_WAIT_MS;
  for (let attempt = 1; ; attempt++) {
    try {
      return await open();
    } catch (error) {
      const reason = error instanceof Error ? error.message || String(Reflect.get(error, 'code')) : String(error);
      if (!isUnavailable(error) || Date.now() > end) throw new DatabaseUnreachableError(reason);
      if (attempt === 1) logger.warn(`PostgreSQL cannot be reached yet, and is tried again: ${reason}`);
      await setTimeout(RETRY_EVERY_MS);
    }
  }
}

/** Key of the advisory lock. Any number that nothing else in the database locks. */
const MIGRATION_LOCK = 1_795_400_000;

/**
 * Runs the pending migrations. Instances that boot together wait for each other, and the first runs them: TypeORM has no lock for it
 * (https://github.com/typeorm/typeorm/issues/4588).
 */
export async function migrate(options: PostgresOptions): Promise<void> {
  const { extra } = options;
  // Waiting for the lock, or a migration of a large table, may take longer than a statement should.
  const source = await openPool({
    ...options,
    poolSize: 1,
    extra: { ...extra, statement_timeout: 0, query_timeout: 0 },
  });
  try {
    const runner = source.createQueryRunner();
    await runner.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]); // until this connection ends
    await new MigrationExecutor(source, runner).executePendingMigrations();
    await runner.release();
  } finally {
    await source.destroy();
  }
}
