import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import pg from 'pg';
import { type DataSource, MigrationExecutor } from 'typeorm';
import { type Engine, Notifier } from '../engine.js';
import { DatabaseUnreachableError, isUnavailable } from '../unit-of-work.js';
import {
  clientConfig,
  openPool,
  type PostgresOptions,
  postgresOptions,
  readOnly,
  writable,
} from './postgres-connections.js';
import { PostgresUnitOfWork } from './postgres-unit-of-work.js';

const CHANNEL = 'nest_stripe_billing';
/** PostgreSQL commits transactions that notify one after the other, so under load few are sent. */
const BETWEEN_NOTIFICATIONS_MS = 100;
const RECONNECT_AFTER_MS = 1_000;

/** LISTEN on a connection of its own, which is opened again whenever it is lost; NOTIFY through the writing pool. */
export class PostgresNotifier extends Notifier {
  private client: pg.Client | undefined;
  private again: NodeJS.Timeout | undefined;
  private stopped = false;
  private sentAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly source: DataSource,
    private readonly options: pg.ClientConfig,
  ) {
    super();
  }

  notify(): void {
    if (performance.now() - this.sentAt < BETWEEN_NOTIFICATIONS_MS) return;
    this.sentAt = performance.now();
    this.source.query(`NOTIFY ${CHANNEL}`).catch(() => undefined); // the others poll
  }

  async onNotify(listener: () => void): Promise<void> {
    const client = new pg.Client(this.options);
    this.client = client;
    client.on('notification', listener);
    client.on('error', () => undefined); // `end` follows
    client.on('end', () => this.listenAgain(listener));
    try {
      await client.connect();
      await client.query(`LISTEN ${CHANNEL}`);
      listener(); // for what was committed before LISTEN
    } catch {
      await client.end().catch(() => undefined);
      this.listenAgain(listener);
    }
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.again);
    await this.client?.end().catch(() => undefined);
  }

  private listenAgain(listener: () => void): void {
    clearTimeout(this.again);
    if (this.stopped) return;
    this.again = setTimeout(() => void this.onNotify(listener), RECONNECT_AFTER_MS);
  }
}

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
  const end = performance.now() + LONGEST_WAIT_MS;
  for (let attempt = 1; ; attempt++) {
    try {
      return await open();
    } catch (error) {
      const reason = error instanceof Error ? error.message || String(Reflect.get(error, 'code')) : String(error);
      if (!isUnavailable(error) || performance.now() > end) throw new DatabaseUnreachableError(reason);
      if (attempt === 1) logger.warn(`PostgreSQL cannot be reached yet, and is tried again: ${reason}`);
      await sleep(RETRY_EVERY_MS);
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
