import sqlite3 from 'sqlite3';
import { OperatorError } from '../../config/settings.error.js';
import { DatabaseFileError, explainFileErrors, sqlitePath } from './sqlite-file.js';

/** How long a new process waits for the one it replaces, ms, as when `nest start --watch` restarts. */
const WAIT_MS = 5_000;

/** Another process already serves from this database. */
export class DatabaseInUseError extends OperatorError {
  constructor(readonly path: string) {
    super(
      `Another instance of the app already runs on ${path}. SQLite serves one process: stop the other one, or give ` +
        'this one a DATABASE_URL of its own.',
    );
  }
}

/** Held for the life of the process. */
export interface InstanceLock {
  release(): Promise<void>;
}

/**
 * Ensures that one process serves from a SQLite file. The lock is SQLite's own, on a file beside the database: the kernel releases
 * it when the process ends, however it ends.
 * @throws DatabaseInUseError, DatabaseFileError
 */
export async function lockInstance(databaseUrl: string): Promise<InstanceLock> {
  if (databaseUrl === 'sqlite::memory:') return { release: async () => undefined };
  const path = sqlitePath(databaseUrl);
  const lock = `${path}.lock`;
  const database = await explainFileErrors(lock, () => open(lock));
  database.configure('busyTimeout', WAIT_MS);
  try {
    await explainFileErrors(lock, () => execute(database, 'BEGIN EXCLUSIVE'));
  } catch (error) {
    database.close();
    throw error instanceof DatabaseFileError && error.code === 'SQLITE_BUSY' ? new DatabaseInUseError(path) : error;
  }
  return { release: () => new Promise((resolve) => database.close(() => resolve())) };
}

function open(path: string): Promise<sqlite3.Database> {
  return new Promise((resolve, reject) => {
    const database = new sqlite3.Database(path, (error) => (error ? reject(error) : resolve(database)));
  });
}

function execute(database: sqlite3.Database, sql: string): Promise<void> {
  return new Promise((resolve, reject) => database.exec(sql, (error) => (error ? reject(error) : resolve())));
}
