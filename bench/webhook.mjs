import { mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { copyDatabase, makeProductDatabase, paymentsFor } from './data/product-database.mjs';
import { FLOOD_MS, measureFlood, printFlood } from './flood.mjs';
import { measure, WARM_UP_MS } from './measure.mjs';
import { runFolder } from './processes/folder.mjs';
import { printContenders, rateOf, roundSummary } from './report/contenders.mjs';
import { printFigure, printVerdict, ratios } from './report/verdict.mjs';
import { bareHandledLimit, bareLimit, httpWithoutWork, peer, product } from './servers/index.mjs';

export const about = 'events a second: bare limits, a peer, this product; and a flood';
export const defaults = { rounds: 5, seconds: 3 };

const contenders = {
  http: { what: 'http without work', server: httpWithoutWork, stores: false },
  limit: { what: 'the bare limit', server: bareLimit },
  peer: { what: 'the peer (Express, SDK, an INSERT an event)', server: peer },
  accepted: { what: 'the product: accepted', server: product, onProductDatabase: true },
  handledLimit: { what: 'the bare handled limit', server: bareHandledLimit, onProductDatabase: true, paced: true },
  handled: { what: 'the product: accepted and handled', server: product, onProductDatabase: true, paced: true },
};

export async function run({ rounds, seconds, profile }) {
  const folder = runFolder();
  const template = join(folder, 'template.db');
  const payments = { first: 0, count: paymentsFor(Math.max(seconds * 1_000 + WARM_UP_MS, FLOOD_MS)) };
  await makeProductDatabase(template, payments.count);

  const reports = Object.fromEntries(Object.keys(contenders).map((name) => [name, []]));
  const floods = [];
  for (let round = 1; round <= rounds; round++) {
    for (const [name, { server, onProductDatabase, ...how }] of Object.entries(contenders)) {
      const database = freshDatabase(`${name}-${round}`, onProductDatabase);
      const profileFolder = onProductDatabase && profile && join(profile, name);
      const options = { database, seconds, payments, ...how, stopInOrder: Boolean(profileFolder) };
      reports[name].push(await measure(server(database, profileFolder), options));
      rmSync(dirname(database), { recursive: true });
    }
    const database = freshDatabase(`flood-${round}`, true);
    floods.push(await measureFlood(product(database), { database, payments }));
    rmSync(dirname(database), { recursive: true });
    console.log(`round ${round}: ${roundSummary(reports)}`);
  }
  print(reports);
  printFlood(floods);
  printChecked(reports, floods);

  /** The path of a database in a folder of its own: a copy of the template, or none yet. */
  function freshDatabase(name, copied) {
    mkdirSync(join(folder, name));
    const database = join(folder, name, 'bench.db');
    if (copied) copyDatabase(template, database);
    return database;
  }
}

function print(reports) {
  printContenders(contenders, reports);
  const rates = (name) => reports[name].map(rateOf);
  const p99s = (name) => reports[name].map(({ p99Ms }) => p99Ms);
  const backlogSeconds = reports.handled.map(({ backlogAtEnd, handledPerSecond }) => backlogAtEnd / handledPerSecond);
  printVerdict('accepted, of the bare limit', ratios(rates('accepted'), rates('limit')), { atLeast: 0.7 });
  printVerdict('p99 of the answer, of the bare limit', ratios(p99s('accepted'), p99s('limit')), { atMost: 2.5 });
  const accepted = (name) => reports[name].map(({ perSecond }) => perSecond);
  printVerdict(
    'accepted while handled, of the bare handled limit',
    ratios(accepted('handled'), accepted('handledLimit')),
    {
      atLeast: 0.65,
    },
  );
  printVerdict('handled, of the bare handled limit', ratios(rates('handled'), rates('handledLimit')), {
    atLeast: 0.65,
  });
  printVerdict("backlog at the end, of a second's work", backlogSeconds, { atMost: 1 });
  printFigure('accepted, of the peer', ratios(rates('accepted'), rates('peer')));
}

/** What measure and measureFlood looked for in the databases of killed servers; both throw where something was missing. */
function printChecked(reports, floods) {
  const total = (lists) =>
    lists
      .flat()
      .reduce((sum, { acknowledged }) => sum + acknowledged, 0)
      .toLocaleString('en-US');
  const { limit, peer: ofPeer, accepted, handledLimit, handled } = reports;
  console.log(
    `\nAll ${total([limit, ofPeer, accepted, handledLimit, handled, floods])} acknowledged events were in the database after their server was killed.`,
  );
  const drained = floods.filter(({ drainSeconds }) => Number.isFinite(drainSeconds));
  console.log(
    `All ${total([handledLimit, handled, drained])} that were to be handled had their run, payment and history.`,
  );
}
