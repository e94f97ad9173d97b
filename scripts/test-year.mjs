// npm run test:year -- [--seed N] [--owners 200] [--weeks 52] [--database sqlite|postgres] [--instances 1|3] [--kills 8]: a simulated year
// of a shop on the local Stripe, with deliveries and calls that fail and an app that is killed. Ends with 1 where something is wrong.
import { parseArgs } from 'node:util';
import { built } from './built.mjs';
import { installed, runTool } from './installed.mjs';
import { serverForTests } from './postgres-for-tests.mjs';

const { seed, owners, weeks, database, instances, kills } = readArguments();

await installed();
await built();
const server = database === 'postgres' ? await serverForTests() : {};
if (server.missing) {
  console.error(`There is no PostgreSQL here: ${server.missing}`);
  process.exit(1);
}
await runTool('jest', ['--selectProjects', 'faults', '--runInBand', 'test/year'], {
  env: {
    ...process.env,
    YEAR_OWNERS: owners,
    YEAR_WEEKS: weeks,
    YEAR_DATABASE: database,
    YEAR_INSTANCES: instances,
    YEAR_KILLS: kills,
    ...(server.url && { POSTGRES_SERVER: server.url }),
    ...(seed && { SEED: seed }),
    NODE_OPTIONS: [process.env.NODE_OPTIONS, '--experimental-vm-modules', '--no-warnings'].join(' '),
  },
});

function readArguments() {
  try {
    const { values } = parseArgs({
      options: {
        seed: { type: 'string' },
        owners: { type: 'string', default: '200' },
        weeks: { type: 'string', default: '52' },
        database: { type: 'string', default: 'sqlite' },
        instances: { type: 'string' },
        kills: { type: 'string', default: '8' },
      },
    });
    if (!['sqlite', 'postgres'].includes(values.database)) throw new Error('--database: sqlite or postgres');
    values.instances ??= values.database === 'postgres' ? '3' : '1';
    for (const [name, value] of Object.entries(values))
      if (name !== 'database' && !/^\d{1,9}$/.test(value)) throw new Error(`--${name} ${value}: a whole number`);
    if (values.database === 'sqlite' && values.instances !== '1')
      throw new Error('--instances: a SQLite file has one; name --database postgres for more');
    return values;
  } catch (error) {
    console.error(error.message);
    process.exit(2);
  }
}
