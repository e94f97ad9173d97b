import { checkHandled, checkStored } from './data/check.mjs';
import { CONNECTIONS } from './load/shared.mjs';
import { cores } from './processes/cores.mjs';
import { runLoad } from './processes/load.mjs';
import { startServer } from './processes/server.mjs';

/** Until the hot code is compiled: after three seconds it is not yet. */
export const WARM_UP_MS = 5_000;
/** Events that may wait to be handled where the load is paced. */
const MAX_PENDING = 512;

/**
 * Starts a server, loads it, kills it, and looks for what it acknowledged.
 * @param {object} server one of servers/index.mjs, on its database
 * @param {{ database: string, seconds: number, payments: { first: number, count: number }, paced?: boolean,
 *   stores?: boolean, stopInOrder?: boolean, instances?: number }} options
 * `paced` keeps the backlog small and asks for every effect; `stores: false` is a server that keeps nothing; `instances` that share the database share the load
 */
export async function measure(server, options) {
  const { database, seconds, payments, paced, stores = true, stopInOrder = false, instances = 1 } = options;
  const servers = [];
  // A second instance is there for the second core, as it would be for a second machine; the load is on that one, too.
  for (let nth = 0; nth < instances; nth++)
    servers.push(await startServer(server, { core: nth % 2 ? cores?.load : cores?.server }));
  const [port, ...others] = servers.map((started) => started.port);
  const report = await runLoad('closed-loop', {
    port,
    others,
    connections: CONNECTIONS,
    warmUpMs: WARM_UP_MS,
    ms: seconds * 1_000,
    payments,
    repeat: !stores,
    paced: paced && { database, maxPending: MAX_PENDING },
  });
  await Promise.all(servers.map(({ kill, stop }) => (stopInOrder ? stop() : kill())));
  if (report.failures > 0) console.log(`  ${report.failures} deliveries were not answered 200`);
  if (stores) await checkStored(database, report.acknowledged);
  if (paced) await checkHandled(database, report.acknowledged);
  return { ...report, acknowledged: report.acknowledged.length };
}
