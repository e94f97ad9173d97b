import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import sqlite3 from 'sqlite3';
import { DataSource, MigrationExecutor } from 'typeorm';
import type { Env } from '../config/env.js';
import { migrations } from './migrations/index.js';
import { openPool, postgresOptions, readOnly } from './postgres/postgres-connections.js';
import { sqliteOptions } from './sqlite/sqlite-engine.js';

/** The file of a SQLite database; nothing is created. `undefined` for `sqlite::memory:` and for PostgreSQL. */
export function sqliteFile({ databaseUrl }: Env): string | undefined {
  if (!databaseUrl.startsWith('sqlite:') || databaseUrl === 'sqlite::memory:') return undefined;
  return resolve(databaseUrl.slice('sqlite:'.length));
}

/** SQLite has no file at this path yet. */
export class NoDatabaseError extends Error {
  constructor(readonly path: string) {
    super(`There is no database at ${path} yet`);
  }
}

/**
 * Opens the database for reading only: nothing is created, migrated or waited for, and the database refuses a write.
 * @throws NoDatabaseError where SQLite has no file yet
 */
export async function openToInspect(env: Env): Promise<DataSource> {
  const path = sqliteFile(env);
  if (path === undefined) return openPool({ ...readOnly(postgresOptions(env)), poolSize: 1, migrations });
  if (!existsSync(path)) throw new NoDatabaseError(path);
  const options = { ...sqliteOptions(path), enableWAL: false, flags: sqlite3.OPEN_READONLY, migrations };
  return new DataSource(options as typeof options & { type: 'sqlite'; database: string }).initialize();
}

/** The server's own version, such as `SQLite 3.50.1`. */
export async function versionOf(source: DataSource): Promise<string> {
  if (source.options.type === 'sqlite') {
    const [row] = await source.query<{ version: string }[]>('SELECT sqlite_version() AS version');
    return `SQLite ${row?.version}`;
  }
  const [row] = await source.query<{ server_version: string }[]>('SHOW server_version');
  return `PostgreSQL ${row?.server_version}`;
}

/** Names of migrations: `pending` ones, which the next start runs, and `unknown` ones, which a newer version of the app has run. */
export async function migrationsOf(source: DataSource): Promise<{ pending: string[]; unknown: string[] }> {
  const executor = new MigrationExecutor(source);
  const [all, executed] = [await executor.getAllMigrations(), await executor.getExecutedMigrations()];
  return { pending: without(all, executed), unknown: without(executed, all) };
}

const without = (some: { name: string }[], others: { name: string }[]): string[] =>
  some.map(({ name }) => name).filter((name) => !others.some((other) => other.name === name));
