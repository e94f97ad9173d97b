import { resolve } from 'node:path';
import { getDataSourceToken } from '@nestjs/typeorm';
import { type Command, InvalidArgumentError } from 'commander';
import type { DataSource } from 'typeorm';
import { type Env, loadEnv } from '../config/env.js';
import { moveToPostgres } from '../database/move/move-to-postgres.js';
import { backUp } from '../database/sqlite/back-up.js';
import { lockInstance } from '../database/sqlite/instance-lock.js';
import { sqlitePath } from '../database/sqlite/sqlite-file.js';
import { type OutputOptions, withJson } from './options.js';
import { print, printError } from './print.js';
import { withApp } from './with-app.js';

/** `backup FILE`, `migrate-to URL` */
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
      .command('migrate-to')
      .argument('<url>', 'postgres://user:password@host:5432/database', postgresUrl)
      .description('copy everything from SQLite to a PostgreSQL, with the app stopped'),
  ).action(async (url: string, { json }: OutputOptions) => {
    const env = onSqlite('migrate-to', 'there is nothing to move');
    const lock = await lockInstance(env.databaseUrl); // what is written meanwhile would be lost
    try {
      const target = env.with({ databaseUrl: url });
      const tables = await withApp((app) =>
        moveToPostgres(app.get<DataSource>(getDataSourceToken()), target, tellProgress),
      );
      print(json, { tables }, () => [
        ...tables.map(({ table, sums }) => `${table}: ${sums.rows} rows`),
        'Counts and sums agree. Start the app with this DATABASE_URL; the SQLite file is unchanged.',
      ]);
    } finally {
      await lock.release();
    }
  });
}

function onSqlite(command: string, otherwise: string): Env {
  const env = loadEnv();
  if (!env.databaseUrl.startsWith('sqlite:')) throw new Error(`${command} is for SQLite: ${otherwise}`);
  return env;
}

function postgresUrl(text: string): string {
  if (!/^postgres(ql)?:\/\/./.test(text) || !URL.canParse(text))
    throw new InvalidArgumentError('An address like postgres://user:password@host:5432/database.');
  return text;
}

const TELL_EVERY = 10_000;
const tellProgress = (table: string, rows: number) =>
  rows % TELL_EVERY === 0 && printError(`${table}: ${rows} rows so far`);
