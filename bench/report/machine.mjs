import { cpus, loadavg } from 'node:os';
import { cores } from '../processes/cores.mjs';

/** A load average above this is not ours. */
const BUSY = 0.5;

/** What was measured on, so that figures are not compared across machines by mistake. */
export function printMachine({ rounds, seconds }) {
  const { model } = cpus()[0];
  console.log(
    `Node ${process.version}, ${process.platform}, ${cpus().length} × ${model.trim()}; ${rounds === 1 ? '1 round' : `${rounds} rounds`}${seconds ? ` of ${seconds} s` : ''}`,
  );
  console.log(
    cores
      ? `Servers run on core ${cores.server}, the load on core ${cores.load}.`
      : 'Servers and load share their cores (there is no taskset here, or one core only): read the ratios with care.',
  );
  const [load] = loadavg();
  if (load > BUSY)
    console.log(`Others use this machine too (load average ${load.toFixed(1)}): the figures will be noisy.`);
}
