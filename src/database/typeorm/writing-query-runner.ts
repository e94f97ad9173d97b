import type { EntityManager, QueryRunner } from 'typeorm';
import { PreparedQueryRunner } from './prepared-query-runner.js';

/**
 * The query runner of SQLite's writing connection. It differs from TypeORM's own in two more things:
 *
 * - `BEGIN IMMEDIATE` takes the write lock at once. TypeORM has no setting for it, and a plain BEGIN is deferred: a unit that reads
 *   first fails at its first write with SQLITE_BUSY_SNAPSHOT where another process has written in between.
 * - Each unit has a manager of its own, though TypeORM has one runner for each SQLite connection
 *   (https://github.com/typeorm/typeorm/issues/1884): a unit that has ended can write no more.
 */
export class WritingQueryRunner extends PreparedQueryRunner {
  override async startTransaction(): Promise<void> {
    if (this.transactionDepth > 0) return super.startTransaction(); // a savepoint
    await this.query('BEGIN IMMEDIATE');
    this.isTransactionActive = true;
    this.transactionDepth = 1;
  }

  override async commitTransaction(): Promise<void> {
    if (this.transactionDepth > 1) return super.commitTransaction();
    await this.query('COMMIT');
    this.isTransactionActive = false;
    this.transactionDepth = 0;
  }

  /** Ends any open transaction, also where SQLite has rolled back by itself, as it does when the disk is full. */
  async abandonTransaction(): Promise<void> {
    await this.query('ROLLBACK').catch(() => undefined);
    this.isTransactionActive = false;
    this.transactionDepth = 0;
  }

  /** A manager for one unit of work, on this transaction. Once it is closed, its queries fail. */
  openManager(): { manager: EntityManager; close: () => void } {
    let open = true;
    const query = (...call: Parameters<QueryRunner['query']>) => {
      if (!open) throw new Error('This unit of work is over: its manager must not be used after it');
      return this.query(...call);
    };
    // Inherits everything from this runner but `query`, and the depth of transactions nested in the unit.
    const runner = Object.assign(Object.create(this) as this, { query });
    const manager = this.connection.createEntityManager(runner);
    Object.assign(runner, { manager });
    return { manager, close: () => (open = false) };
  }
}
