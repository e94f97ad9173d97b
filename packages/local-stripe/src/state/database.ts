import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import sqlite3 from 'sqlite3';

/** Lists filter in many ways, each with a statement of its own; more than these are not kept. */
const MOST_KEPT = 300;

/** Statements that are prepared once: preparing takes longer than most of them do. */
export class Statements {
  private readonly kept = new Map<string, sqlite3.Statement>();

  constructor(private readonly driver: sqlite3.Database) {}

  get(sql: string): sqlite3.Statement {
    const earlier = this.kept.get(sql);
    if (earlier) return earlier;
    if (this.kept.size >= MOST_KEPT) this.clear();
    // One that is wrong fails when it is run, where somebody waits for it.
    const prepared = this.driver.prepare(sql, () => undefined);
    this.kept.set(sql, prepared);
    return prepared;
  }

  /** To be called before the database is closed, which it refuses while there are any. */
  clear(): void {
    for (const statement of this.kept.values()) statement.finalize();
    this.kept.clear();
  }
}

/** The state file cannot be used: not writable, not a database, or held by another sandbox. */
export class StateFileError extends Error {
  constructor(
    readonly file: string,
    cause: unknown,
  ) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(
      `The sandbox cannot use its state file ${file} (${reason}). ` +
        'Stop the other sandbox that holds it, or name another file.',
      { cause },
    );
    this.name = 'StateFileError';
  }
}

export type SqlValue = string | number | null;

/** The four calls the sandbox makes of SQLite, as promises. */
export class Database {
  private readonly statements: Statements;

  private constructor(private readonly driver: sqlite3.Database) {
    this.statements = new Statements(driver);
  }

  static async open(file: string): Promise<Database> {
    await mkdir(dirname(file), { recursive: true }).catch((error: unknown) => {
      throw new StateFileError(file, error);
    });
    const driver = await new Promise<sqlite3.Database>((resolve, reject) => {
      const opened: sqlite3.Database = new sqlite3.Database(file, (error) =>
        error ? reject(new StateFileError(file, error)) : resolve(opened),
      );
    });
    const database = new Database(driver);
    try {
      // EXCLUSIVE: one process a file, found out now and not in the middle of a payment.
      await database.exec('PRAGMA busy_timeout = 1000; PRAGMA locking_mode = EXCLUSIVE;');
      // NORMAL: what is committed survives a killed process; a power cut may take the last of it, and leaves the rest whole.
      await database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
    } catch (error) {
      await database.close();
      throw new StateFileError(file, error);
    }
    return database;
  }

  exec(sql: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.driver.exec(sql, (error) => (error ? reject(error) : resolve()));
    });
  }

  run(sql: string, ...values: SqlValue[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.statements.get(sql).run(values, (error: Error | null) => (error ? reject(error) : resolve()));
    });
  }

  all<Row>(sql: string, ...values: SqlValue[]): Promise<Row[]> {
    return new Promise((resolve, reject) => {
      this.statements.get(sql).all<Row>(values, (error, rows) => (error ? reject(error) : resolve(rows)));
    });
  }

  async get<Row>(sql: string, ...values: SqlValue[]): Promise<Row | undefined> {
    return (await this.all<Row>(sql, ...values))[0];
  }

  close(): Promise<void> {
    this.statements.clear();
    return new Promise((resolve, reject) => {
      this.driver.close((error) => (error ? reject(error) : resolve()));
    });
  }
}
