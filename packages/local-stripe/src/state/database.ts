import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import sqlite3 from 'sqlite3';
import { Statements } from './statements.js';
import { StateFileError } from './state-file-error.js';

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
