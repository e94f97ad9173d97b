import { resolve } from 'node:path';
import { getDataSourceToken } from '@nestjs/typeorm';
import type { Command } from 'commander';
import type { DataSource } from 'typeorm';
import { type Env, loadEnvWith } from '../config/env.js';
import { SettingsError } from '../config/settings.error.js';
import { moveToPostgres } from '../database/move-to-postgres.js';
import { backUp, lockInstance, sqlitePath } from '../database/sqlite/sqlite-file.js';
import { EXIT, type OutputOptions, print, printError, withApp, withJson } from './command.js';

/** `backup FILE`, `migrate-to [URL]` */
export function addDatabaseCommands(program: Command): void {
  withJson(program.command('backup <file>').description('copy the SQLite database, beside the running app')).action(
    async (file: string, { json }: OutputOptions) => {
      const { databaseUrl } = onSqlite('backup', 'pg_dump backs PostgreSQL up');
      const bytes = await backUp(sqlitePath(databaseUrl), resolve(file));
      print(json, { file: resolve(file), bytes }, () => [`${resolve(file)}: ${bytes} bytes, checked.`]);
    },
  );

  withJson(
    program
      .command('migrate-to [url]')
      .description(
        'copy everything from SQLite to a PostgreSQL, with the app stopped; its address is MIGRATE_TO_URL, ' +
          'or given here, where every user of the machine can read it',
      ),
  ).action(async (url: string | undefined, { json }: OutputOptions, command: Command) => {
    const env = withTarget(url, command);
    if (!env.migrateTo)
      command.error('error: there is no address to move to: set MIGRATE_TO_URL', { exitCode: EXIT.usage });
    const lock = await lockInstance(env.databaseUrl); // refuses while the app runs, whose writes would be lost
    try {
      const target = env.with({ postgres: env.migrateTo });
      const tables = await withApp((app) =>
        moveToPostgres(app.get<DataSource>(getDataSourceToken()), target, printProgress),
      );
      print(json, { tables }, () => [
        ...tables.map(({ table, sums }) => `${table}: ${sums.rows} rows`),
        'Counts and sums agree. Start the app with that address as DATABASE_URL; the SQLite file is unchanged.',
      ]);
    } finally {
      await lock.release();
    }
  });
}

/** The settings, with the address of the call, if any. A wrong address is wrong usage. */
function withTarget(url: string | undefined, command: Command): Env {
  try {
    return onSqlite('migrate-to', 'there is nothing to move', url === undefined ? {} : { MIGRATE_TO_URL: url });
  } catch (error) {
    const off = url !== undefined && error instanceof SettingsError;
    if (!off || error.faults.some(({ name }) => name !== 'MIGRATE_TO_URL')) throw error;
    return command.error(`error: ${error.message}`, { exitCode: EXIT.usage });
  }
}

function onSqlite(command: string, otherwise: string, more: Record<string, string> = {}): Env {
  const env = loadEnvWith(more);
  if (!env.databaseUrl.startsWith('sqlite:')) throw new Error(`${command} is for SQLite: ${otherwise}`);
  return env;
}

const PROGRESS_EVERY_ROWS = 10_000;
const printProgress = (table: string, rows: number) =>
  rows % PROGRESS_EVERY_ROWS === 0 && printError(`${table}: ${rows} rows so far`);
