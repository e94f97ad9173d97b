import { join } from 'node:path';
import { runFolder } from './processes/folder.mjs';
import { runLoad } from './processes/load.mjs';
import { startServer } from './processes/server.mjs';
import { printVerdict } from './report/verdict.mjs';
import { sandbox } from './servers/index.mjs';

export const about = 'the local Stripe: 10,000 payments through it; creation, lists and memory against those at 100';
export const defaults = { rounds: 1 };

const SIZES = [100, 1_000, 10_000];
const [FEW, , MANY] = SIZES;

export async function run({ rounds, profile }) {
  const results = [];
  for (let round = 1; round <= rounds; round++) {
    const stateFile = join(runFolder(), `sandbox-${round}.db`);
    const { port, pid, stop } = await startServer(sandbox(stateFile, profile));
    const result = await runLoad('payments', { port, pid, sizes: SIZES });
    await stop();
    const { made, events, seconds } = result;
    console.log(`round ${round}: ${made} payments, ${events} events delivered, ${seconds.toFixed(0)} s in all`);
    results.push(result.reports);
  }
  print(results);
}

function print(results) {
  const values = (size, pick) => results.map((reports) => pick(reports.find((report) => report.size === size)));
  const compare = (what, pick, { atMost, unit = 'ms', per = 1 }) => {
    const shown = SIZES.map(
      (size) => `${(values(size, pick)[0] / per).toFixed(1)} ${unit} at ${size.toLocaleString('en-US')}`,
    );
    console.log(`\n${what}: ${shown.join(', ')}`);
    const many = values(MANY, pick);
    const few = values(atMost.of ?? FEW, pick);
    printVerdict(
      `  at ${MANY.toLocaleString('en-US')}, of that at ${(atMost.of ?? FEW).toLocaleString('en-US')}`,
      many.map((value, round) => value / few[round]),
      { atMost: atMost.ratio },
    );
  };
  compare('a payment', ({ payments }) => payments, { atMost: { ratio: 1.5 } });
  for (const what of Object.keys(results[0][0].lists))
    compare(what, ({ lists }) => lists[what], { atMost: { ratio: 1.5 } });
  // At 100 the code is not compiled yet; what would leak, leaks from 1,000 to 10,000 as well.
  if (results[0][0].memoryBytes)
    compare('memory', ({ memoryBytes }) => memoryBytes, {
      atMost: { ratio: 1.5, of: SIZES[1] },
      unit: 'MiB',
      per: 2 ** 20,
    });
}
