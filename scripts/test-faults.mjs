// npm run test:faults -- [--cycles 200] [--seed N]: kills the app that many times under load, and what else takes long.
// npm run test:faults -- --postgres [--instances 3] [--cycles 100] [--seed N]: one of several instances on a PostgreSQL.
// Ends with 1 where an event was lost or doubled.
import { parseArgs } from 'node:util';
import { built } from './built.mjs';
import { installed, runTool } from './installed.mjs';
import { serverForTests } from './postgres-for-tests.mjs';

/** The files whose tests are longer when CYCLES is set. */
const LONG = ['kill-nine', 'hanging-stripe', 'locked-database', 'failing-handler'];
const { postgres, instances, cycles, seed } = readArguments();

await installed();
await built();
const server = postgres ? await serverForTests() : {};
if (server.missing) {
  console.error(`There is no PostgreSQL here: ${server.missing}`);
  process.exit(1);
}
const what = postgres ? ['postgres', '--runInBand', 'test/postgres/faults'] : ['faults', '--runInBand', ...LONG];
await runTool('jest', ['--selectProjects', ...what], {
  env: {
    ...process.env,
    CYCLES: String(cycles),
    INSTANCES: String(instances),
    ...(server.url && { POSTGRES_SERVER: server.url }),
    ...(seed && { SEED: String(seed) }),
    NODE_OPTIONS: [process.env.NODE_OPTIONS, '--experimental-vm-modules', '--no-warnings'].join(' '),
  },
});

function readArguments() {
  try {
    const number = { type: 'string' };
    const { values } = parseArgs({
      options: {
        postgres: { type: 'boolean', default: false },
        instances: { ...number, default: '2' },
        cycles: { ...number, default: '200' },
        seed: number,
      },
    });
    for (const [name, value] of Object.entries(values))
      if (name !== 'postgres' && !/^[1-9]\d{0,8}$/.test(value))
        throw new Error(`--${name} ${value}: a whole number, 1 or more`);
    return values;
  } catch (error) {
    console.error(error.message);
    process.exit(2);
  }
}
