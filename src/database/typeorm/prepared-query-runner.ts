import type sqlite3 from 'sqlite3';
import { QueryFailedError, QueryResult } from 'typeorm';
import { SqliteQueryRunner } from 'typeorm/driver/sqlite/SqliteQueryRunner.js';
import { toStorable } from '../sql.js';

const MOST_STATEMENTS = 500;
/** Statements that give how many rows they changed, instead of rows. */
const CHANGES = /^\s*(INSERT|UPDATE|DELETE)\b(?!.*\bRETURNING\b)/is;

export interface PreparedStatement {
  statement: sqlite3.Statement;
  /** Whether it gives how many rows it changed, instead of rows. */
  changes: boolean;
}

/** Prepared statements of one connection by their SQL, at most 500: the least recently used one is dropped. */
export class StatementCache {
  private readonly statements = new Map<string, Promise<PreparedStatement>>();

  constructor(private readonly database: sqlite3.Database) {}

  /** Rejects where the SQL is wrong: the driver never calls back for a statement that could not be prepared. */
  get(sql: string): Promise<PreparedStatement> {
    const known = this.statements.get(sql);
    if (!known) return this.add(sql);
    this.statements.delete(sql);
    this.statements.set(sql, known); // now the most recently used
    return known;
  }

  async finalizeAll(): Promise<void> {
    const statements = [...this.statements.values()];
    this.statements.clear();
    await Promise.allSettled(statements.map(finalize));
  }

  private add(sql: string): Promise<PreparedStatement> {
    const prepared = this.prepare(sql);
    this.statements.set(sql, prepared);
    prepared.catch(() => this.statements.delete(sql));
    if (this.statements.size > MOST_STATEMENTS) this.dropOldest();
    return prepared;
  }

  private prepare(sql: string): Promise<PreparedStatement> {
    return new Promise((resolve, reject) => {
      const statement = this.database.prepare(sql, (error: Error | null) =>
        error ? reject(error) : resolve({ statement, changes: CHANGES.test(sql) }),
      );
    });
  }

  private dropOldest(): void {
    const [oldest] = this.statements;
    if (!oldest) return;
    this.statements.delete(oldest[0]);
    finalize(oldest[1]).catch(() => undefined);
  }
}

async function finalize(prepared: Promise<PreparedStatement>): Promise<void> {
  const { statement } = await prepared;
  await new Promise<void>((resolve) => statement.finalize(() => resolve()));
}

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
