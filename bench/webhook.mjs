import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { copyDatabase, makeProductDatabase, paymentsFor } from './data/product-database.mjs';
import { measure, WARM_UP_MS } from './measure.mjs';
import { runFolder } from './processes/folder.mjs';
import { printContenders, rateOf, roundSummary } from './report/contenders.mjs';
import { printVerdict, ratios } from './report/verdict.mjs';
import { bareLimit, httpWithoutWork, peer, product } from './servers/index.mjs';

export const about = 'events a second: the bare limit, a peer, this product; one after another, several times';
export const defaults = { rounds: 5, seconds: 3 };

const contenders = {
  http: { what: 'http without work', server: httpWithoutWork, stores: false },
  limit: { what: 'the bare limit', server: bareLimit },
  peer: { what: 'the peer (Express, SDK, an INSERT an event)', server: peer },
  accepted: { what: 'the product: accepted', server: product, onProductDatabase: true },
  handled: { what: 'the product: accepted and handled', server: product, onProductDatabase: true, paced: true },
};

export async function run({ rounds, seconds, profile }) {
  const folder = runFolder();
  const template = join(folder, 'template.db');
  const payments = { first: 0, count: paymentsFor(seconds * 1_000 + WARM_UP_MS) };
  await makeProductDatabase(template, payments.count);

  const reports = Object.fromEntries(Object.keys(contenders).map((name) => [name, []]));
  for (let round = 1; round <= rounds; round++) {
    for (const [name, { server, onProductDatabase, ...how }] of Object.entries(contenders)) {
      const fresh = join(folder, `${name}-${round}`);
      mkdirSync(fresh);
      const database = join(fresh, 'bench.db');
      if (onProductDatabase) copyDatabase(template, database);
      const profileFolder = onProductDatabase && profile && join(profile, name);
      const options = { database, seconds, payments, ...how, stopInOrder: Boolean(profileFolder) };
      reports[name].push(await measure(server(database, profileFolder), options));
      rmSync(fresh, { recursive: true });
    }
    console.log(`round ${round}: ${roundSummary(reports)}`);
  }
  print(reports);
}

function print(reports) {
  printContenders(contenders, reports);
  const rates = (name) => reports[name].map(rateOf);
  const p99s = (name) => reports[name].map(({ p99Ms }) => p99Ms);
  const backlogSeconds = reports.handled.map(({ backlogAtEnd, handledPerSecond }) => backlogAtEnd / handledPerSecond);
  printVerdict('accepted, of the bare limit', ratios(rates('accepted'), rates('limit')), { atLeast: 0.7 });
  printVerdict('accepted, of the peer', ratios(rates('accepted'), rates('peer')), { atLeast: 6 });
  printVerdict('p99 of the answer, of the bare limit', ratios(p99s('accepted'), p99s('limit')), { atMost: 2.5 });
  printVerdict('accepted and handled, of what the peer accepts', ratios(rates('handled'), rates('peer')), {
    atLeast: 1.5,
  });
  printVerdict("backlog at the end, of a second's work", backlogSeconds, { atMost: 1 });
  const total = (names) =>
    names.flatMap((name) => reports[name]).reduce((sum, { acknowledged }) => sum + acknowledged, 0);
  const stored = total(['limit', 'peer', 'accepted', 'handled']).toLocaleString('en-US');
  console.log(`\nAll ${stored} acknowledged events were in the database after their server was killed.`);
  console.log(
    `All ${total(['handled']).toLocaleString('en-US')} of the paced ones had their run, payment and history.`,
  );
}
