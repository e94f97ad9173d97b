import type sqlite3 from 'sqlite3';

const MOST_STATEMENTS = 200;

/** Prepared statements of one connection by their text; the one that was not used for longest gives way. */
export class StatementCache {
  private readonly statements = new Map<string, sqlite3.Statement>();

  constructor(private readonly database: sqlite3.Database) {}

  /** Rejects where the text is not right: a statement that failed to be prepared never answers. */
  async get(sql: string): Promise<sqlite3.Statement> {
    const known = this.statements.get(sql);
    this.statements.delete(sql);
    const statement = known ?? (await this.prepare(sql));
    this.statements.set(sql, statement);
    if (this.statements.size > MOST_STATEMENTS) this.dropOldest();
    return statement;
  }

  async finalizeAll(): Promise<void> {
    const statements = [...this.statements.values()];
    this.statements.clear();
    await Promise.all(statements.map((one) => new Promise<void>((resolve) => one.finalize(() => resolve()))));
  }

  private prepare(sql: string): Promise<sqlite3.Statement> {
    return new Promise((resolve, reject) => {
      const statement = this.database.prepare(sql, (error: Error | null) =>
        error ? reject(error) : resolve(statement),
      );
    });
  }

  private dropOldest(): void {
    const [oldest] = this.statements;
    if (!oldest) return;
    this.statements.delete(oldest[0]);
    oldest[1].finalize();
  }
}
