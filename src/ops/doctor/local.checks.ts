import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { DataSource } from 'typeorm';
import type { ReadEnv } from '../../config/load-env.js';
import { migrationsOf, NoDatabaseError, sqliteFile, versionOf } from '../../database/inspect.js';
import { eventBacklog } from '../../webhook/event-log.service.js';
import { type Check, fault, NotCheckedError, ok, type Outcome, warning } from './check.js';

/** The oldest Node that the app runs on: `engines` in package.json. */
const OLDEST_NODE = [20, 19] as const;
const GIB = 2 ** 30;
const MIB = 2 ** 20;

/** Checks without a network: the settings, Node, the disk. */
export function machineChecks({ env, faults, error }: ReadEnv): Check[] {
  return [
    {
      name: 'settings',
      needs: [],
      run: () => {
        if (faults.length > 0)
          return faults.map(({ name, found, expected }) =>
            fault(`${name}: found ${found}`, `Set ${name} to ${expected}`),
          );
        if (error) return fault(error.message.replaceAll('\n', ' '), 'Correct the environment or .env');
        return ok(`all can be used, NODE_ENV is ${env?.production ? 'production' : 'for development or tests'}`);
      },
    },
    { name: 'node', needs: [], run: () => checkNodeVersion(process.versions.node) },
    {
      name: 'disk',
      needs: ['DATABASE_URL'],
      run: async () => {
        const file = env && sqliteFile(env);
        if (!file) return ok('the app keeps no file: the database is elsewhere');
        const folder = nearestFolder(dirname(file));
        const { bavail, bsize } = await statfs(folder);
        return checkFreeSpace(bavail * bsize, folder);
      },
    },
  ];
}

export function checkNodeVersion(version: string): Outcome {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [leastMajor, leastMinor] = OLDEST_NODE;
  const enough = major > leastMajor || (major === leastMajor && minor >= leastMinor);
  return enough ? ok(version) : fault(version, `Run the app on Node ${OLDEST_NODE.join('.')} or newer`);
}

/** @param free bytes available to the app */
export function checkFreeSpace(free: number, folder: string): Outcome {
  const found = `${free >= GIB ? `${(free / GIB).toFixed(1)} GiB` : `${Math.floor(free / MIB)} MiB`} free in ${folder}`;
  if (free >= GIB) return ok(found);
  const todo = 'Make room, or prune old events: events prune --older-than 90d. On a full disk no event is taken';
  return free < 100 * MIB ? fault(found, todo) : warning(found, todo);
}

function nearestFolder(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : nearestFolder(dirname(path));
}

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
