import { chmodSync, closeSync, openSync, statSync } from 'node:fs';

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
