import sqlite3 from 'sqlite3';
import { isPostgres, PostgresDatabase } from './postgres.mjs';

/** A SQLite file with promises. `driver` is the sqlite3 package's own object, for prepared statements. */
class Database {
  constructor(driver) {
    this.driver = driver;
  }

  run(sql, values = []) {
    return new Promise((resolve, reject) =>
      this.driver.run(sql, values, (error) => (error ? reject(error) : resolve())),
    );
  }

  /** The first row, or `undefined`. */
  get(sql, values = []) {
    return this.ask('get', sql, values);
  }

  all(sql, values = []) {
    return this.ask('all', sql, values);
  }

  close() {
    return new Promise((resolve, reject) => this.driver.close((error) => (error ? reject(error) : resolve())));
  }

  ask(method, sql, values) {
    return new Promise((resolve, reject) =>
      this.driver[method](sql, values, (error, found) => (error ? reject(error) : resolve(found))),
    );
  }
}

/** How long one process waits for another to let go of the file, ms. */
const BUSY_TIMEOUT_MS = 10_000;

/** @param {string} path of a SQLite file, or the address of a PostgreSQL database */
export async function openDatabase(path, { readOnly = false } = {}) {
  if (isPostgres(path)) return PostgresDatabase.open(path);
  const mode = readOnly ? sqlite3.OPEN_READONLY : sqlite3.OPEN_READWRITE | sqlite3.OPEN_CREATE;
  const driver = await new Promise((resolve, reject) => {
    const opened = new sqlite3.Database(path, mode, (error) => (error ? reject(error) : resolve(opened)));
  });
  driver.configure('busyTimeout', BUSY_TIMEOUT_MS);
  return new Database(driver);
}
