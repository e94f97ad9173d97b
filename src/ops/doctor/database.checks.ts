import type { DataSource } from 'typeorm';
import { migrationsOf, NoDatabaseError, versionOf } from '../../database/inspect.js';
import { eventBacklog } from '../../webhook/event-log.service.js';
import { type Check, fault, NotCheckedError, ok, warning } from './check.js';

/** Above this, ms, pages and events are noticeably slow. */
const SLOW_MS = 1_000;

/** @param open opens the database for reading, once */
export function databaseChecks(open: () => Promise<DataSource>): Check[] {
  const needs = ['DATABASE_URL', 'DATABASE_CA', 'DATABASE_POOL_SIZE', 'DATABASE_CONNECT_TIMEOUT_MS'];
  /** For the other checks: the first one reports what is wrong with the database itself. */
  const opened = async () => {
    try {
      return await open();
    } catch {
      throw new NotCheckedError('the database cannot be used', 'See "database"');
    }
  };
  return [
    {
      name: 'database',
      needs,
      run: async () => {
        let source: DataSource;
        try {
          source = await open();
        } catch (error) {
          if (error instanceof NoDatabaseError) return warning(error.message, 'Start the app, which makes it');
          const reason = error instanceof Error ? error.message || String(Reflect.get(error, 'code')) : String(error);
          return fault(
            `cannot be used: ${reason}`,
            'See that the database runs and that DATABASE_URL is right, with its name and password',
          );
        }
        const version = await versionOf(source);
        const ms = Math.min(await timeOf(source), await timeOf(source), await timeOf(source));
        const found = `${version}, answers in ${ms} ms`;
        return ms > SLOW_MS ? warning(found, 'Bring the database nearer to the app, or see what loads it') : ok(found);
      },
    },
    {
      name: 'migrations',
      needs,
      run: async () => {
        const { pending, unknown } = await migrationsOf(await opened());
        if (pending.length > 0)
          return warning(
            `${pending.length} are to come: ${pending.join(', ')}`,
            'Take a backup and start the app: each start, and each other command, runs what is to come',
          );
        if (unknown.length > 0)
          return warning(
            `run by a newer version of the app: ${unknown.join(', ')}`,
            'Use the command line of the version that runs',
          );
        return ok('none are to come');
      },
    },
    {
      name: 'events',
      needs,
      run: async () => {
        const source = await opened();
        if ((await migrationsOf(source)).pending.length > 0)
          throw new NotCheckedError('migrations are to come', 'See "migrations"');
        const { dead, overdue } = await eventBacklog(source);
        return [
          ...(dead > 0
            ? [
                warning(
                  `${dead} dead: not handled, and not tried again`,
                  'See events list --status dead; then events replay',
                ),
              ]
            : []),
          ...(overdue > 0
            ? [
                fault(
                  `${overdue} due since more than a minute, and not handled`,
                  'Start the app; if it runs, see its log',
                ),
              ]
            : []),
          ...(dead + overdue === 0 ? [ok('none dead, none overdue')] : []),
        ];
      },
    },
  ];
}

async function timeOf(source: DataSource): Promise<number> {
  const began = performance.now();
  await source.query('SELECT 1');
  return Math.round(performance.now() - began);
}
