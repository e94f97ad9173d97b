import { join } from 'node:path';
import { checkHandled } from './data/check.mjs';
import { makeProductDatabase } from './data/product-database.mjs';
import { runFolder } from './processes/folder.mjs';
import { runLoad } from './processes/load.mjs';
import { startServer } from './processes/server.mjs';
import { printTable } from './report/table.mjs';
import { printVerdict } from './report/verdict.mjs';
import { product } from './servers/index.mjs';

export const about = 'one event at a time, 20 a second: from the 200 to the committed effect';
export const defaults = { rounds: 3, seconds: 15 };

const EVENTS_A_SECOND = 20;
/** Not counted: the code is compiled while they are handled. */
const WARM_UP_EVENTS = 40;

export async function run({ rounds, seconds, profile }) {
  const database = join(runFolder(), 'bench.db');
  const events = WARM_UP_EVENTS + seconds * EVENTS_A_SECOND;
  await makeProductDatabase(database, rounds * events);

  const reports = [];
  for (let round = 0; round < rounds; round++) {
    const { port, kill, stop } = await startServer(product(database, profile));
    const payments = { first: round * events, count: events };
    const task = { port, database, payments, everyMs: 1_000 / EVENTS_A_SECOND, warmUpEvents: WARM_UP_EVENTS };
    reports.push(await runLoad('one-at-a-time', task));
    await (profile ? stop() : kill());
    await checkHandled(database, reports.at(-1).acknowledged);
  }
  const row = (what, name) => ({
    what,
    p50s: reports.map((report) => report[name].p50Ms),
    p99s: reports.map((report) => report[name].p99Ms),
  });
  printTable([row('the answer', 'answer'), row('from the 200 to the committed effect', 'effect')]);
  const medians = reports.map(({ effect }) => effect.p50Ms);
  printVerdict('median from the 200 to the committed effect', medians, { atMost: 10, unit: ' ms' });
}
