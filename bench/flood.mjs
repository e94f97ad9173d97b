import { checkHandled, checkStored } from './data/check.mjs';
import { CONNECTIONS } from './load/shared.mjs';
import { runLoad } from './processes/load.mjs';
import { startServer } from './processes/server.mjs';
import { printVerdict } from './report/verdict.mjs';

/** How long the flood lasts. Payments must be there for as long. */
export const FLOOD_MS = 10_000;
/** How long after its end every event must be handled. */
const MAX_DRAIN_SECONDS = 30;

/**
 * Delivers at full speed for 10 s to a server that has just started, waits until all is handled, kills the server and looks for
 * what it acknowledged.
 * @param {object} server one of servers/index.mjs, on its database
 */
export async function measureFlood(server, { database, payments }) {
  const { port, kill } = await startServer(server);
  const report = await runLoad('flood', {
    port,
    database,
    connections: CONNECTIONS,
    ms: FLOOD_MS,
    maxDrainMs: MAX_DRAIN_SECONDS * 1_000,
    payments,
  });
  await kill();
  await checkStored(database, report.acknowledged);
  if (Number.isFinite(report.drainSeconds)) await checkHandled(database, report.acknowledged);
  return { ...report, acknowledged: report.acknowledged.length };
}

/** @param reports one a round */
export function printFlood(reports) {
  const whole = (number) => Math.round(number).toLocaleString('en-US');
  console.log('\nA flood of 10 s at full speed:');
  for (const { acceptedPerSecond, handledEachSecond, pendingAtEnd } of reports)
    console.log(
      `  accepted ${whole(acceptedPerSecond)}/s; handled each second: ${handledEachSecond.map(whole).join(' ')}; ` +
        `pending at its end: ${whole(pendingAtEnd)}`,
    );
  printVerdict(
    'seconds until all of it was handled',
    reports.map(({ drainSeconds }) => drainSeconds),
    { atMost: MAX_DRAIN_SECONDS, every: true },
  );
  printVerdict(
    'least events handled in a second, after the first',
    reports.map(({ handledEachSecond }) => Math.min(...handledEachSecond.slice(1))),
    { atLeast: 1, every: true },
  );
}
