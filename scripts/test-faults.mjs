// npm run test:faults -- [--cycles 200] [--seed N]: kills the app that many times under load, and what else takes long.
// Ends with 1 where an event was lost or doubled.
import { parseArgs } from 'node:util';
import { built } from './built.mjs';
import { installed, runTool } from './installed.mjs';

/** The files whose tests are longer when CYCLES is set. */
const LONG = ['kill-nine', 'hanging-stripe', 'locked-database', 'failing-handler'];
const { cycles, seed } = readArguments();

installed();
built();
runTool('jest', ['--selectProjects', 'faults', '--runInBand', ...LONG], {
  env: {
    ...process.env,
    CYCLES: String(cycles),
    ...(seed && { SEED: String(seed) }),
    NODE_OPTIONS: [process.env.NODE_OPTIONS, '--experimental-vm-modules', '--no-warnings'].join(' '),
  },
});

function readArguments() {
  try {
    const number = { type: 'string' };
    const { values } = parseArgs({ options: { cycles: { ...number, default: '200' }, seed: number } });
    for (const [name, value] of Object.entries(values))
      if (!/^[1-9]\d{0,8}$/.test(value)) throw new Error(`--${name} ${value}: a whole number, 1 or more`);
    return values;
  } catch (error) {
    console.error(error.message);
    process.exit(2);
  }
}
