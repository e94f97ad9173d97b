import { spawnSync } from 'node:child_process';

/** MiB below a path. */
export const diskUse = (path) => Number(spawnSync('du', ['-sxm', path]).stdout.toString().split('\t')[0]);
