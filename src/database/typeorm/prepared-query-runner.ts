import type sqlite3 from 'sqlite3';
import { QueryFailedError, QueryResult } from 'typeorm';
import { SqliteQueryRunner } from 'typeorm/driver/sqlite/SqliteQueryRunner.js';
import { toStorable } from '../sql.js';
import { type PreparedStatement, StatementCache } from './statement-cache.js';

/**
 * The query runner of both SQLite connections. It differs from TypeORM's own in two things:
 *
 * - Statements stay prepared, for which TypeORM has no API (https://github.com/typeorm/typeorm/issues/3349): they take a third of
 *   the time. Subscribers and query logs are left out.
 * - Text in parameters is made well-formed, as on PostgreSQL, so that a copy from one to the other is the same.
 */
export class PreparedQueryRunner extends SqliteQueryRunner {
  private statements: StatementCache | undefined;

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
