import type { PoolClient, QueryResult as Answer } from 'pg';
import { QueryFailedError, QueryResult } from 'typeorm';
import { PostgresQueryRunner } from 'typeorm/driver/postgres/PostgresQueryRunner.js';
import { toStorable } from '../sql.js';
import { isUnavailable, StorageUnavailableError } from '../unit-of-work.js';

/** What an operator should look at when the database is out of reach. */
export const POSTGRES_HINT = 'Is PostgreSQL up and reachable?';

/** A statement failed, the unit went on and committed: PostgreSQL had already undone the whole transaction. */
export class TransactionUndoneError extends Error {
  constructor() {
    super(
      'A statement of this unit of work failed, so PostgreSQL stored nothing of it. Where a failure is to be survived, ' +
        'put the statement into a transaction of its own: tx.transaction(…).',
    );
  }
}

/**
 * The query runner of both pools. It differs from TypeORM's own in five things:
 *
 * - Text in parameters is made well-formed (`toStorable`), or one event could fail all that are stored with it.
 * - A database that cannot be used now is a StorageUnavailableError, a wrong query a QueryFailedError.
 * - A connection that was lost is closed, not given back to the pool: https://github.com/typeorm/typeorm/issues/5112.
 * - The answer to COMMIT is read: for a transaction in which a statement failed PostgreSQL answers ROLLBACK, without an error.
 * - Subscribers and query logs are left out, as on SQLite: nothing here uses them.
 */
export class PooledQueryRunner extends PostgresQueryRunner {
  override query(sql: string, parameters: unknown[] | undefined, useStructuredResult: true): Promise<QueryResult>;
  override query(sql: string, parameters?: unknown[]): Promise<unknown>;
  override async query(sql: string, parameters: unknown[] = [], useStructuredResult = false): Promise<unknown> {
    const { command, rows, rowCount } = await this.ask(sql, parameters);
    if (sql === 'COMMIT' && command === 'ROLLBACK') throw new TransactionUndoneError();
    const raw = command === 'UPDATE' || command === 'DELETE' ? [rows, rowCount] : rows;
    if (!useStructuredResult) return raw;
    return Object.assign(new QueryResult(), { raw, records: rows, affected: rowCount });
  }

  /** Closes the connection instead of giving it back, since a query may still run on it. TypeORM keeps that method private. */
  async abandon(reason: Error): Promise<void> {
    await (this as unknown as { releasePostgresConnection(reason: Error): Promise<void> }).releasePostgresConnection(
      reason,
    );
  }

  private async ask(sql: string, parameters: unknown[]): Promise<Answer> {
    try {
      if (this.isReleased) throw new Error('Connection terminated, or this unit of work is over');
      const connection = (await this.connect()) as PoolClient;
      return await connection.query(sql, parameters.map(toStorable));
    } catch (error) {
      if (isUnavailable(error)) {
        await this.abandon(error as Error);
        throw new StorageUnavailableError(String(error), POSTGRES_HINT);
      }
      throw new QueryFailedError(sql, parameters, error as Error);
    }
  }
}
