/** A stop takes no longer than this, ms, whatever is under way. */
const LONGEST_STOP_MS = 9_500;

/** Runs `stop` once on SIGTERM or SIGINT, then ends the process: requests and handlers under way finish first. */
export function stopOnSignals(stop: () => Promise<void>): void {
  let stopping = false;
  const onSignal = () => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => process.exit(1), LONGEST_STOP_MS).unref();
    stop().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
}
