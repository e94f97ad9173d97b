// Whatever ends the run, no server, load or folder is left behind.
const steps = new Set();

/** Registers a synchronous step for the end of the run, also after an error or a signal. Returns a function that removes it. */
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
