import { chmodSync, closeSync, mkdirSync, mkdtempSync, openSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
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
 * The file that `sqlite:…` names; its folder is made where missing. `sqlite::memory:` is a file in a temporary folder
 * that goes away at the end: reading and writing need a connection each, and memory cannot be shared between them with
 * the same isolation.
 */
export function sqlitePath(databaseUrl: string): string {
  const name = databaseUrl.slice('sqlite:'.length);
  if (name === ':memory:') return join(mkdtempSync(TEMPORARY), 'memory.db');
  const path = resolve(name);
  try {
    makeFolder(dirname(path));
  } catch (error) {
    throw new DatabaseFileError(path, String(Reflect.get(Object(error), 'code')));
  }
  return path;
}

/** Node's own recursive mkdir never ends in a file system that makes no folders, such as /proc. */
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
 * Opens a SQLite file, or does first things with it.
 * @throws DatabaseFileError where the file is what is wrong
 */
export async function opening<T>(path: string, open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (error) {
    const code = Reflect.get(Object(error), 'code');
    throw typeof code === 'string' && code in REASONS ? new DatabaseFileError(path, code) : error;
  }
}

/** Removes what `sqlite::memory:` stood for; leaves every other file alone. */
export function removeIfTemporary(path: string): void {
  if (path.startsWith(TEMPORARY)) rmSync(dirname(path), { recursive: true, force: true });
}

const OTHERS = 0o007;

/**
 * Makes a database for its owner alone, before SQLite makes it for everybody; what SQLite puts beside it is made like it.
 * Of one that is there already, other users of the machine lose their access, and its group keeps it.
 */
export function makePrivate(path: string): void {
  try {
    closeSync(openSync(path, 'a', 0o600));
    for (const file of [path, `${path}-wal`, `${path}-shm`]) {
      const mode = statSync(file, { throwIfNoEntry: false })?.mode ?? 0;
      if (mode & OTHERS) chmodSync(file, mode & 0o770);
    }
  } catch {
    // It is somebody else's to change; and what cannot be opened at all, SQLite says itself.
  }
}
