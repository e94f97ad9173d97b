import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ReadEnv } from '../../config/load-env.js';
import { sqliteFile } from '../../database/inspect.js';
import { type Check, fault, ok, type Outcome, warning } from './check.js';

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
