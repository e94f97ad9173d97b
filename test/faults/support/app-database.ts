import sqlite3 from 'sqlite3';

export type Value = string | number | null;
export type Statement = [sql: string, ...values: Value[]];

/** The app's database as another process sees it. Values stand at `?`; 64-bit integers come as numbers. */
export interface AppDatabase {
  /** What leads the app to it. */
  readonly url: string;
  rows<T>(sql: string, ...values: Value[]): Promise<T[]>;
  /** Runs all of them in one transaction. Gives how many rows each changed. */
  write(...statements: Statement[]): Promise<number[]>;
}

/** How long to wait for the app to let go of the file, ms. */
const BUSY_TIMEOUT_MS = 2_000;

/**
 * The app's SQLite file as another process sees it. Each call opens the file anew: a connection that stayed open would
 * take part in the recovery after a crash, which is the app's to do.
 */
export class DatabaseFile implements AppDatabase {
  constructor(readonly path: string) {}

  get url(): string {
    return `sqlite:${this.path}`;
  }

  async rows<T>(sql: string, ...values: Value[]): Promise<T[]> {
    const database = await open(this.path);
    try {
      return await all<T>(database, sql, values);
    } finally {
      await close(database);
    }
  }

  /** Runs all of them in one transaction. Gives how many rows each changed. */
  async write(...statements: Statement[]): Promise<number[]> {
    const held = await this.hold();
    try {
      const changed: number[] = [];
      for (const [sql, ...values] of statements) {
        await all(held.database, sql, values);
        const [row] = await all<{ changed: number }>(held.database, 'SELECT changes() AS changed', []);
        changed.push(row?.changed ?? 0);
      }
      await all(held.database, 'COMMIT', []);
      return changed;
    } finally {
      await held.release();
    }
  }

  /** Takes the write lock, and keeps it until it is released. */
  async hold(): Promise<{ database: sqlite3.Database; release: () => Promise<void> }> {
    const database = await open(this.path);
    try {
      await all(database, 'BEGIN IMMEDIATE', []);
    } catch (error) {
      await close(database);
      throw error;
    }
    return { database, release: () => close(database) };
  }
}

function open(path: string): Promise<sqlite3.Database> {
  return new Promise((resolve, reject) => {
    const database = new sqlite3.Database(path, (error) => {
      if (error) return reject(error);
      database.configure('busyTimeout', BUSY_TIMEOUT_MS);
      resolve(database);
    });
  });
}

function all<T>(database: sqlite3.Database, sql: string, values: Value[]): Promise<T[]> {
  return new Promise((resolve, reject) =>
    database.all<T>(sql, values, (error, rows) => (error ? reject(error) : resolve(rows))),
  );
}

/** Undoes what was not committed. */
function close(database: sqlite3.Database): Promise<void> {
  return new Promise((resolve, reject) => database.close((error) => (error ? reject(error) : resolve())));
}
