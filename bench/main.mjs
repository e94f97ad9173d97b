// The benchmarks. `npm run bench` lists them and runs the first; docs/benchmarks.md says how to read what they print.
import * as access from './access.mjs';
import * as boot from './boot.mjs';
import { readOptions, UsageError } from './options.mjs';
import * as pages from './pages.mjs';
import { cleanUp } from './processes/cleanup.mjs';
import { printMachine } from './report/machine.mjs';
import * as sandbox from './sandbox.mjs';
import * as sandboxYear from './sandbox-year.mjs';
import * as shop from './shop.mjs';
import * as webhook from './webhook.mjs';
import * as webhookPostgres from './webhook-postgres.mjs';
import * as webhookLatency from './webhook-latency.mjs';
import * as webhookMillion from './webhook-million.mjs';

const benchmarks = {
  webhook,
  'webhook-million': webhookMillion,
  'webhook-latency': webhookLatency,
  pages,
  boot,
  access,
  shop,
  sandbox,
  'sandbox-year': sandboxYear,
};

try {
  const { name, ...given } = readOptions(process.argv.slice(2), Object.keys(benchmarks));
  if (!name) list();
  if (given.postgres && (name ?? 'webhook') !== 'webhook') throw new UsageError('--postgres is for webhook');
  const benchmark = given.postgres ? webhookPostgres : benchmarks[name ?? 'webhook'];
  const options = { ...benchmark.defaults, ...given };
  printMachine(options);
  await benchmark.run(options);
} catch (error) {
  console.error(error instanceof UsageError ? error.message : error);
  process.exitCode = error instanceof UsageError ? 2 : 1;
} finally {
  cleanUp();
}

function list() {
  for (const [name, { about }] of Object.entries(benchmarks))
    console.log(`npm run bench -- ${name.padEnd(16)} ${about}`);
  console.log('\nNone was named, so this is webhook.\n');
}
