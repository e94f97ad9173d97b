import { SqliteQueryRunner } from 'typeorm/driver/sqlite/SqliteQueryRunner.js';

/**
 * Begins with the write lock in hand. TypeORM's plain BEGIN is deferred: a unit that reads first would read a snapshot
 * that another process may outdate, and its first write would fail at once with SQLITE_BUSY_SNAPSHOT.
 */
export class ImmediateQueryRunner extends SqliteQueryRunner {
  override async startTransaction(): Promise<void> {
    if (this.transactionDepth > 0) return super.startTransaction(); // a savepoint
    await this.query('BEGIN IMMEDIATE');
    this.isTransactionActive = true;
    this.transactionDepth = 1;
  }

  /** Ends whatever is open, also where SQLite has already rolled back by itself, as it does when the disk is full. */
  async abandonTransaction(): Promise<void> {
    await this.query('ROLLBACK').catch(() => undefined);
    this.isTransactionActive = false;
    this.transactionDepth = 0;
  }
}
