// Whatever ends the run, no server, load or folder is left behind.
const steps = new Set();

/** Runs at the end of the run, on an error and on a signal; must not wait for anything. Gives back how to take it out. */
export function onExit(step) {
  steps.add(step);
  return () => steps.delete(step);
}

/** Last in, first out: servers end before the folder they write to goes. */
export function cleanUp() {
  for (const step of [...steps].toReversed()) {
    steps.delete(step);
    step();
  }
}

for (const [signal, status] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
])
  process.once(signal, () => process.exit(status));
process.once('exit', cleanUp);
