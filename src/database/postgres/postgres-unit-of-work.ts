import { setTimeout } from 'node:timers/promises';
import type { DataSource, EntityManager } from 'typeorm';
import { withTimeout } from '../../time/calls.js';
import { isConflict, StorageUnavailableError, TransactionTimeoutError, UnitOfWork } from '../unit-of-work.js';
import { POSTGRES_HINT, type PooledQueryRunner } from '../typeorm/pooled-query-runner.js';

/** How long a unit may take, ms, waiting for locks included. Below an event's lease. */
const UNIT_TIMEOUT_MS = 8_000;
/** How often a unit is run that PostgreSQL ends for a deadlock. */
const MOST_ATTEMPTS = 5;
/** The pause before another attempt is random, up to this times the attempts so far, ms. */
const LONGEST_PAUSE_MS = 50;

/**
 * A transaction on a connection of the pool for each unit, without queues. Units of all instances run side by side, so a unit that
 * writes what it has read must lock it first: see `lockKeys` and `Table.findToChange`.
 */
export class PostgresUnitOfWork extends UnitOfWork {
  override readonly multiInstance = true;

  constructor(
    private readonly source: DataSource,
    private readonly timeoutMs = UNIT_TIMEOUT_MS,
  ) {
    super();
  }

  async run<T>(work: (tx: EntityManager) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.attempt(work);
      } catch (error) {
        if (attempt === MOST_ATTEMPTS || !isConflict(error)) throw error;
        await setTimeout(Math.random() * LONGEST_PAUSE_MS * attempt);
      }
    }
  }

  /** Without BEGIN and COMMIT, which would be two more round trips. */
  override async runStatement<T>(work: (tx: EntityManager) => Promise<T>): Promise<T> {
    const runner = this.source.createQueryRunner();
    try {
      return await work(runner.manager);
    } finally {
      await runner.release();
    }
  }

  private async attempt<T>(work: (tx: EntityManager) => Promise<T>): Promise<T> {
    const runner = this.source.createQueryRunner() as PooledQueryRunner;
    try {
      await runner.startTransaction();
      const tooLong = () => new TransactionTimeoutError(this.timeoutMs);
      const result = await withTimeout(this.timeoutMs, work(runner.manager), tooLong);
      await runner.commitTransaction();
      return result;
    } catch (error) {
      if (error instanceof StorageUnavailableError) throw error; // the connection is gone, and the transaction with it
      if (runner.isReleased) throw new StorageUnavailableError('the connection was lost', POSTGRES_HINT);
      if (error instanceof TransactionTimeoutError) await runner.abandon(error);
      else await runner.rollbackTransaction().catch((reason: Error) => runner.abandon(reason));
      throw error;
    } finally {
      await runner.release();
    }
  }
}
