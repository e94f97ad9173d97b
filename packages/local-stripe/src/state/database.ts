import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import sqlite3 from 'sqlite3';

/** Most prepared statements that are kept; each combination of list filters has its own. */
const MOST_KEPT = 300;

/** A cache of prepared statements. */
export class Statements {
  private readonly kept = new Map<string, sqlite3.Statement>();

  constructor(private readonly driver: sqlite3.Database) {}

  get(sql: string): sqlite3.Statement {
    const earlier = this.kept.get(sql);
    if (earlier) return earlier;
    if (this.kept.size >= MOST_KEPT) this.clear();
    // An error is also reported when the statement is run.
    const prepared = this.driver.prepare(sql, () => undefined);
    this.kept.set(sql, prepared);
    return prepared;
  }

  /** Finalizes all statements; the database cannot be closed before. */
  clear(): void {
    for (const statement of this.kept.values()) statement.finalize();
    this.kept.clear();
  }
}

/** The state file cannot be used: not writable, not a database, or in use by another process. */
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

/** What runs statements: the database, or a transaction's connection to it. */
export type Sql = Pick<Database, 'run' | 'all' | 'get'>;

/** An SQLite database, with promises. */
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
      // EXCLUSIVE: one process per file, checked now rather than at the first write.
      await database.exec('PRAGMA busy_timeout = 1000; PRAGMA locking_mode = EXCLUSIVE;');
      // NORMAL: commits survive a killed process; a power cut may lose the last ones.
      await database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
      // 64 MiB of pages: with SQLite's 2 MiB the indexes of 100,000 invoices are read again for each write.
      await database.exec('PRAGMA cache_size = -65536;');
      // In memory: the journal of a statement of many rows would be a file.
      await database.exec('PRAGMA temp_store = MEMORY;');
      // Checkpoints of 32 MiB: a page that is written often goes to the file once.
      await database.exec('PRAGMA wal_autocheckpoint = 8192;');
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
