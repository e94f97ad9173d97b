import type sqlite3 from 'sqlite3';
import { type EntityManager, QueryFailedError, QueryResult, type QueryRunner } from 'typeorm';
import { SqliteQueryRunner } from 'typeorm/driver/sqlite/SqliteQueryRunner.js';
import { toStorable } from '../sql.js';
import { type PreparedStatement, StatementCache } from './statement-cache.js';

/**
 * The query runner of SQLite's writing connection. It differs from TypeORM's own in four things:
 *
 * - `BEGIN IMMEDIATE` takes the write lock at once. TypeORM has no setting for it, and a plain BEGIN is deferred: a unit that reads
 *   first fails at its first write with SQLITE_BUSY_SNAPSHOT where another process has written in between.
 * - Each unit has a manager of its own, though TypeORM has one runner for each SQLite connection
 *   (https://github.com/typeorm/typeorm/issues/1884): a unit that has ended can write no more.
 * - Text in parameters is made well-formed, as on PostgreSQL, so that a copy from one to the other is the same.
 * - Statements stay prepared, for which TypeORM has no API (https://github.com/typeorm/typeorm/issues/3349): they take a third of
 *   the time. Subscribers and query logs are left out.
 */
export class WritingQueryRunner extends SqliteQueryRunner {
  private statements: StatementCache | undefined;

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

  override query(sql: string, parameters: unknown[] | undefined, useStructuredResult: true): Promise<QueryResult>;
  override query(sql: string, parameters?: unknown[]): Promise<unknown>;
  override async query(sql: string, parameters: unknown[] = [], useStructuredResult = false): Promise<unknown> {
    try {
      const result = await execute(await this.prepared(sql), parameters.map(toStorable));
      return useStructuredResult ? result : result.raw;
    } catch (error) {
      throw new QueryFailedError(sql, parameters, error as Error);
    }
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

  /** Call it before the connection is closed: SQLite does not close one that has prepared statements. */
  async finalizeStatements(): Promise<void> {
    await this.statements?.finalizeAll();
  }

  private async prepared(sql: string): Promise<PreparedStatement> {
    this.statements ??= new StatementCache((await this.connect()) as sqlite3.Database);
    return this.statements.get(sql);
  }
}

function execute({ statement, changes }: PreparedStatement, parameters: unknown[]): Promise<QueryResult> {
  return new Promise((resolve, reject) => {
    const result = new QueryResult();
    if (changes)
      statement.run(parameters, function (error) {
        if (error) reject(error);
        else resolve(Object.assign(result, { raw: this.lastID, affected: this.changes }));
      });
    else
      statement.all(parameters, (error, rows) => {
        if (error) reject(error);
        else resolve(Object.assign(result, { raw: rows, records: rows }));
      });
  });
}
