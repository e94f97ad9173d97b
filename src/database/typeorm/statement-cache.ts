import type sqlite3 from 'sqlite3';

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
