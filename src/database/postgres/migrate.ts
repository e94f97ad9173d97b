import { MigrationExecutor } from 'typeorm';
import { openPool, type PostgresOptions } from './postgres-connections.js';

/** Any number will do, as long as nothing else in the database locks it. */
const LOCK = 1_795_400_000;

/** Runs the migrations that are due. Instances that boot together wait for each other, and the first runs them. */
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
    await runner.query('SELECT pg_advisory_lock($1)', [LOCK]); // until this connection ends
    await new MigrationExecutor(source, runner).executePendingMigrations();
    await runner.release();
  } finally {
    await source.destroy();
  }
}
