import type sqlite3 from 'sqlite3';

const MOST_STATEMENTS = 500;

/** Prepared statements of one connection by their text; the one that was not used for longest gives way. */
export class StatementCache {
  private readonly statements = new Map<string, Promise<sqlite3.Statement>>();

  constructor(private readonly database: sqlite3.Database) {}

  /** Rejects where the text is not right: a statement that failed to be prepared never answers. */
  get(sql: string): Promise<sqlite3.Statement> {
    const statement = this.statements.get(sql) ?? this.prepare(sql);
    this.statements.delete(sql);
    this.statements.set(sql, statement); // the newest again
    statement.catch(() => this.statements.delete(sql));
    if (this.statements.size > MOST_STATEMENTS) this.dropOldest();
    return statement;
  }

  async finalizeAll(): Promise<void> {
    const statements = [...this.statements.values()];
    this.statements.clear();
    await Promise.allSettled(statements.map(finalize));
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
    finalize(oldest[1]).catch(() => undefined);
  }
}

async function finalize(statement: Promise<sqlite3.Statement>): Promise<void> {
  const prepared = await statement;
  await new Promise<void>((resolve) => prepared.finalize(() => resolve()));
}
