import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

const TEMPORARY = join(tmpdir(), 'nest-stripe-billing-');

/**
 * The file that `sqlite:…` names; its folder is made where missing. `sqlite::memory:` is a file in a temporary folder
 * that goes away at the end: reading and writing need a connection each, and memory cannot be shared between them with
 * the same isolation.
 */
export function sqlitePath(databaseUrl: string): string {
  const name = databaseUrl.slice('sqlite:'.length);
  if (name === ':memory:') return join(mkdtempSync(TEMPORARY), 'memory.db');
  const path = resolve(name);
  mkdirSync(dirname(path), { recursive: true });
  return path;
}

/** Removes what `sqlite::memory:` stood for; leaves every other file alone. */
export function removeIfTemporary(path: string): void {
  if (path.startsWith(TEMPORARY)) rmSync(dirname(path), { recursive: true, force: true });
}
