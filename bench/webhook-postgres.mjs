import { makeProductDatabase, paymentsFor } from './data/product-database.mjs';
import { measure, WARM_UP_MS } from './measure.mjs';
import { startServerOfPostgres } from './processes/postgres.mjs';
import { printContenders, rateOf, roundSummary } from './report/contenders.mjs';
import { printVerdict, ratios } from './report/verdict.mjs';
import { bareLimit, peer, product } from './servers/index.mjs';

export const defaults = { rounds: 5, seconds: 3 };

const contenders = {
  limit: { what: 'the bare limit', server: bareLimit },
  peer: { what: 'the peer (Express, SDK, an INSERT an event)', server: peer },
  accepted: { what: 'the product: accepted', server: product, onProductDatabase: true },
  acceptedByTwo: { what: 'two instances: accepted', server: product, onProductDatabase: true, instances: 2 },
  handled: { what: 'the product: accepted and handled', server: product, onProductDatabase: true, paced: true },
  handledByTwo: {
    what: 'two instances: accepted and handled',
    server: product,
    onProductDatabase: true,
    paced: true,
    instances: 2,
  },
};

const TEMPLATE = 'template_of_the_product';

/** `webhook --postgres`: all on one PostgreSQL, each on a database of its own. */
export async function run({ rounds, seconds }) {
  const postgres = await startServerOfPostgres();
  const payments = { first: 0, count: paymentsFor(seconds * 1_000 + WARM_UP_MS) };
  await makeProductDatabase(await postgres.create(TEMPLATE), payments.count);

  const reports = Object.fromEntries(Object.keys(contenders).map((name) => [name, []]));
  for (let round = 1; round <= rounds; round++) {
    for (const [name, { server, onProductDatabase, ...how }] of Object.entries(contenders)) {
      const fresh = `run_${round}_${name.toLowerCase()}`;
      const database = await postgres.create(fresh, onProductDatabase && TEMPLATE);
      await postgres.checkpoint();
      reports[name].push(await measure(server(database), { database, seconds, payments, ...how }));
      await postgres.drop(fresh);
    }
    console.log(`round ${round}: ${roundSummary(reports)}`);
  }
  print(reports);
}

function print(reports) {
  printContenders(contenders, reports);
  const rates = (name) => reports[name].map(rateOf);
  const of = (name, other, target) => printVerdict(`${name}, of ${other}`, ratios(rates(name), rates(other)), target);
  of('accepted', 'limit', { atLeast: 0.6 });
  of('handled', 'peer', { atLeast: 1.5 });
  of('acceptedByTwo', 'accepted', { atLeast: 1 });
  of('handledByTwo', 'handled', { atLeast: 1 });
}
