import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { openDatabase } from './data/database.mjs';
import { copyDatabase, makeProductDatabase, paymentsFor } from './data/product-database.mjs';
import { seedHandledEvents } from './data/seed-handled-events.mjs';
import { measure, WARM_UP_MS } from './measure.mjs';
import { requireFreeSpace, runFolder } from './processes/folder.mjs';
import { rateOf } from './report/contenders.mjs';
import { printTable } from './report/table.mjs';
import { printFigure, printVerdict, ratios } from './report/verdict.mjs';
import { bareLimit, product } from './servers/index.mjs';

export const about = 'the same rates with 1,000,000 events stored, against an empty database; needs 8 GiB of disk';
export const defaults = { rounds: 3, seconds: 3 };

const STORED_EVENTS = 1_000_000;
const DISK_BYTES = 8 * 2 ** 30;

// All on the product's own tables: the limit has its index of what is due to keep here.
const contenders = {
  limit: { what: 'the bare limit', server: bareLimit },
  accepted: { what: 'the product: accepted', server: product },
  handled: { what: 'the product: accepted and handled', server: product, paced: true },
};

export async function run({ rounds, seconds }) {
  const folder = runFolder();
  requireFreeSpace(folder, DISK_BYTES);
  const perRun = paymentsFor(seconds * 1_000 + WARM_UP_MS);
  const names = Object.keys(contenders);
  const template = join(folder, 'empty.db');
  const full = join(folder, 'full.db');
  await makeProductDatabase(template, perRun);
  console.log(`Storing ${STORED_EVENTS.toLocaleString('en-US')} handled events first; this takes a minute or two.`);
  await makeProductDatabase(full, perRun * (1 + rounds), (it) => seedHandledEvents(it, STORED_EVENTS));

  const rates = Object.fromEntries(names.map((name) => [name, { empty: [], full: [] }]));
  for (let round = 1; round <= rounds; round++) {
    for (const [name, { server, paced }] of Object.entries(contenders)) {
      const fresh = join(folder, 'fresh');
      mkdirSync(fresh);
      const database = join(fresh, 'bench.db');
      copyDatabase(template, database);
      const payments = { first: 0, count: perRun };
      rates[name].empty.push(rateOf(await measure(server(database), { database, seconds, payments, paced })));
      rmSync(fresh, { recursive: true });

      // The large one is used again: each run that is to settle all its payments has its own.
      const own = { first: paced ? perRun * round : 0, count: perRun };
      rates[name].full.push(rateOf(await measure(server(full), { database: full, seconds, payments: own, paced })));
      await discardPending(full);
    }
    console.log(`round ${round}: ${names.map((name) => roundSummary(name, rates[name])).join(', ')}`);
  }
  print(rates);
}

const roundSummary = (name, { empty, full }) => `${name} ${Math.round(empty.at(-1))} → ${Math.round(full.at(-1))}`;

/** What a killed server left unhandled must not be work for the next one. */
async function discardPending(path) {
  const database = await openDatabase(path);
  await database.run("UPDATE webhook_events SET status = 'ignored', next_attempt_at = NULL WHERE status = 'pending'");
  await database.run('PRAGMA wal_checkpoint(TRUNCATE)');
  await database.close();
}

function print(rates) {
  const rows = Object.entries(contenders).flatMap(([name, { what }]) => [
    { what: `${what}, empty`, rates: rates[name].empty },
    { what: `${what}, 1,000,000 stored`, rates: rates[name].full },
  ]);
  printTable(rows);
  const kept = (name) => ratios(rates[name].full, rates[name].empty);
  printVerdict('accepted, of the rate on an empty database', kept('accepted'), { atLeast: 0.8 });
  printVerdict('accepted and handled, of the rate on an empty database', kept('handled'), { atLeast: 0.8 });
  printFigure('the bare limit, of its own rate on an empty database', kept('limit'));
}
