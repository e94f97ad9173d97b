import { existsSync } from 'node:fs';
import { open as openFile, rename, rm, stat } from 'node:fs/promises';
import sqlite3 from 'sqlite3';

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
