import { join } from 'node:path';
import { requireFreeSpace, runFolder } from './processes/folder.mjs';
import { runLoad } from './processes/load.mjs';
import { startServer } from './processes/server.mjs';
import { printFigure, printVerdict } from './report/verdict.mjs';
import { sandbox } from './servers/index.mjs';

export const about = 'the local Stripe: 10,000 monthly subscriptions through a simulated year; memory and lists';
export const defaults = { rounds: 1 };

const FEW = 100;
/** `SUBSCRIPTIONS=500` is a shorter run, whose figures are not the documented ones. */
const MANY = Number(process.env.SUBSCRIPTIONS ?? 10_000);
const STATE_FILE_BYTES = 12 * 2 ** 30;
const MOST_MINUTES = 15;

export async function run({ rounds, profile }) {
  const results = [];
  for (let round = 1; round <= rounds; round++) {
    const folder = runFolder();
    requireFreeSpace(folder, STATE_FILE_BYTES);
    const { port, pid, stop } = await startServer(sandbox(join(folder, 'sandbox.db'), profile));
    const result = await runLoad('subscriptions', { port, pid, few: FEW, many: MANY });
    await stop();
    console.log(`round ${round}: ${result.invoices} invoices, ${result.seconds.toFixed(0)} s`);
    results.push(result);
  }
  print(results);
}

function print(results) {
  const ms = results.map(({ seconds, invoices }) => (seconds * 1_000) / invoices);
  printFigure('\nms an invoice, with its upcoming event, payment and events', ms);
  const minutes = results.map(({ seconds }) => seconds / 60);
  printVerdict('minutes for the subscriptions and their year', minutes, { atMost: MOST_MINUTES });
  // The first months are those in which the code is compiled and SQLite's cache fills.
  if (results[0].memoryBytes[0]) {
    const growth = results.map(({ memoryBytes }) => memoryBytes.at(-1) / memoryBytes[2]);
    printVerdict('memory after the last month, of that after the third', growth, { atMost: 1.2 });
  }
  for (const what of Object.keys(results[0].listsOfFew)) {
    const ratios = results.map(({ listsOfFew, listsOfMany }) => listsOfMany[what] / listsOfFew[what]);
    const [{ listsOfFew, listsOfMany }] = results;
    const shown = `${what}: ${listsOfFew[what].toFixed(1)} ms of ${FEW}, ${listsOfMany[what].toFixed(1)} ms of ${MANY}`;
    printVerdict(`${shown}; the one of the other`, ratios, { atMost: 1.5 });
  }
}
