import { chmodSync, closeSync, existsSync, mkdirSync, mkdtempSync, openSync, rmSync, statSync } from 'node:fs';
import { open as openFile, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve as absolutePath } from 'node:path';
import sqlite3 from 'sqlite3';
import { OperatorError } from '../../config/settings.error.js';

const TEMPORARY = join(tmpdir(), 'nest-stripe-billing-');

/** What is wrong with a file or its folder, by SQLite's code or the system's. */
const REASONS: Record<string, string> = {
  SQLITE_CANTOPEN: 'it is a folder, or this user may not read and write it and its folder',
  SQLITE_READONLY: 'this user may not write it or its folder',
  SQLITE_PERM: 'this user may not read and write it',
  SQLITE_NOTADB: 'it is no SQLite database',
  SQLITE_CORRUPT: 'it is damaged: put the last backup in its place',
  SQLITE_FULL: 'the disk is full',
  SQLITE_IOERR: 'the disk cannot be read or written',
  SQLITE_BUSY: 'another process holds it',
  EACCES: 'this user may not make its folder',
  EPERM: 'this user may not make its folder',
  EROFS: 'its disk is mounted for reading only',
  ENOENT: 'its folder cannot be made',
  EEXIST: 'a file stands where its folder should be',
  ENOTDIR: 'a file stands where its folder should be',
};

/** The file of DATABASE_URL cannot be used. */
export class DatabaseFileError extends OperatorError {
  constructor(
    readonly path: string,
    /** SQLite's, or the system's. */
    readonly code: string,
  ) {
    const reason = REASONS[code] ?? code;
    super(`The database file ${path} cannot be used: ${reason}. Mend that, or name another file in DATABASE_URL.`);
  }
}

/**
 * The file that `sqlite:…` names; its folder is created where missing. `sqlite::memory:` is a file in a temporary folder that
 * `removeIfTemporary` removes: reading and writing need a connection each, and SQLite's shared memory has another isolation.
 * @throws DatabaseFileError where the folder cannot be created
 */
export function sqlitePath(databaseUrl: string): string {
  const name = databaseUrl.slice('sqlite:'.length);
  if (name === ':memory:') return join(mkdtempSync(TEMPORARY), 'memory.db');
  const path = absolutePath(name);
  try {
    makeFolder(dirname(path));
  } catch (error) {
    throw new DatabaseFileError(path, String(Reflect.get(Object(error), 'code')));
  }
  return path;
}

/** Not Node's recursive mkdir, which never returns in a file system that creates no folders, such as /proc. */
function makeFolder(folder: string): void {
  const found = statSync(folder, { throwIfNoEntry: false });
  if (found?.isDirectory()) return;
  if (!found) makeFolder(dirname(folder));
  try {
    mkdirSync(folder);
  } catch (error) {
    if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) throw error; // another process was faster
  }
}

/**
 * Runs what opens a SQLite file, or uses it first.
 * @throws DatabaseFileError where the file or its folder is the cause; any other error as it is
 */
export async function explainFileErrors<T>(path: string, open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (error) {
    const code = Reflect.get(Object(error), 'code');
    throw typeof code === 'string' && code in REASONS ? new DatabaseFileError(path, code) : error;
  }
}

/** Removes the temporary folder of `sqlite::memory:`; leaves every other file alone. */
export function removeIfTemporary(path: string): void {
  if (path.startsWith(TEMPORARY)) rmSync(dirname(path), { recursive: true, force: true });
}

const OTHER_USERS = 0o007;

/**
 * Creates the database file with mode 0600, before SQLite creates it readable by everybody; SQLite gives its log the same mode.
 * From a file that exists, the access of other users is taken; its group keeps its own.
 */
export function restrictAccess(path: string): void {
  try {
    closeSync(openSync(path, 'a', 0o600));
    for (const file of [path, `${path}-wal`, `${path}-shm`]) {
      const mode = statSync(file, { throwIfNoEntry: false })?.mode ?? 0;
      if (mode & OTHER_USERS) chmodSync(file, mode & 0o770);
    }
  } catch {
    // Somebody else owns the file, or it cannot be opened at all; then SQLite reports that.
  }
}

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
  const database = await explainFileErrors(lock, () => openDatabase(lock));
  database.configure('busyTimeout', WAIT_MS);
  try {
    await explainFileErrors(lock, () => execute(database, 'BEGIN EXCLUSIVE'));
  } catch (error) {
    database.close();
    throw error instanceof DatabaseFileError && error.code === 'SQLITE_BUSY' ? new DatabaseInUseError(path) : error;
  }
  return { release: () => new Promise((resolve) => database.close(() => resolve())) };
}

function openDatabase(path: string): Promise<sqlite3.Database> {
  return new Promise((resolve, reject) => {
    const database = new sqlite3.Database(path, (error) => (error ? reject(error) : resolve(database)));
  });
}

function execute(database: sqlite3.Database, sql: string): Promise<void> {
  return new Promise((resolve, reject) => database.exec(sql, (error) => (error ? reject(error) : resolve())));
}

/** Suffix of the copy until it is complete and checked. */
const UNFINISHED = '.unfinished';

/**
 * Copies a SQLite database while the app runs on it: the state at one moment, whatever is written meanwhile. The copy is checked
 * before it gets its name. Throws where `target` exists, or the copy is damaged.
 * @returns its size in bytes
 */
export async function backUp(path: string, target: string): Promise<number> {
  if (existsSync(target)) throw new Error(`${target} is there already; a backup overwrites nothing`);
  const unfinished = `${target}${UNFINISHED}`;
  await rm(unfinished, { force: true }); // left by a backup that was interrupted
  await ask(path, 'VACUUM INTO ?', [unfinished]);
  const [check] = await ask<{ quick_check: string }>(unfinished, 'PRAGMA quick_check', []);
  if (check?.quick_check !== 'ok') throw new Error(`The copy is damaged: ${check?.quick_check}`);
  const file = await openFile(unfinished);
  await file.sync();
  await file.close();
  await rename(unfinished, target);
  return (await stat(target)).size;
}

function ask<T>(path: string, sql: string, values: unknown[]): Promise<T[]> {
  return new Promise((resolve, reject) => {
    const database = new sqlite3.Database(path, sqlite3.OPEN_READONLY, (failure) => {
      if (failure) return reject(failure);
      database.all<T>(sql, values, (error, rows) =>
        database.close((late) => ((error ?? late) ? reject(error ?? late) : resolve(rows))),
      );
    });
  });
}
