import { join } from 'node:path';
import { makeProductDatabase } from './data/product-database.mjs';
import { runFolder } from './processes/folder.mjs';
import { pathOfNode } from './processes/node-versions.mjs';
import { startServer } from './processes/server.mjs';
import { printFigure, printVerdict } from './report/verdict.mjs';
import { product } from './servers/index.mjs';

export const about = 'from `node dist/main.js` to ready, on Node 20 and 24, without and with the compile cache';
export const defaults = { rounds: 7 };

/** With the compile cache, on Node 24. */
const MAX_BOOT_MS = 800;
const VERSIONS = [20, 24];
const WITH_COMPILE_CACHE = 24;

/** Boots on a database that is migrated already, one contender after the other. Ready means GET /health/ready is answered 200. */
export async function run({ rounds }) {
  const folder = runFolder();
  const database = join(folder, 'bench.db');
  await makeProductDatabase(database, 0);
  const contenders = contendersIn(folder);
  for (const contender of contenders) await boot(database, contender); // reads the files and fills the compile cache
  for (let round = 0; round < rounds; round++)
    for (const contender of contenders) contender.bootMs.push(await boot(database, contender));
  console.log('');
  for (const { what, cached, bootMs } of contenders)
    if (cached) printVerdict(what, bootMs, { atMost: MAX_BOOT_MS, unit: ' ms' });
    else printFigure(what, bootMs, ' ms');
}

function contendersIn(folder) {
  return VERSIONS.flatMap((major) => {
    try {
      const node = pathOfNode(major);
      const plain = { what: `Node ${major}`, node, env: {}, bootMs: [] };
      if (major !== WITH_COMPILE_CACHE) return [plain];
      const env = { NODE_COMPILE_CACHE: join(folder, 'compile-cache') };
      return [plain, { what: `Node ${major} with its compile cache`, node, env, cached: true, bootMs: [] }];
    } catch (error) {
      console.log(`Node ${major} is left out: npx did not get it (${String(error.message).split('\n')[0]})`);
      return [];
    }
  });
}

/** Milliseconds to ready. The process is stopped in order, since Node writes the compile cache when it exits. */
async function boot(database, { node, env }) {
  const describe = (port) => {
    const { env: settings, ...rest } = product(database)(port);
    return { ...rest, env: { ...settings, ...env } };
  };
  const { bootMs, stop } = await startServer(describe, { node });
  await stop();
  return bootMs;
}
