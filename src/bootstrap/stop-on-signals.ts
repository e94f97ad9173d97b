import { constants } from 'node:os';

/** The process exits after this time at the latest, ms, even if something is still under way. */
const LONGEST_STOP_MS = 9_500;
/** A second Ctrl-C within this time, ms, is the first one: npm forwards it to a process that the terminal has sent it to already. */
const SAME_SIGNAL_MS = 500;

type Stop = () => Promise<void>;

/**
 * Handles SIGTERM and SIGINT from now on. Until a way to stop is given they exit at once, which is safe: the next boot repeats
 * whatever this one left half done. Afterwards the first signal stops in order; a second Ctrl-C exits at once; a second SIGTERM
 * is ignored, since supervisors send several and still want what is under way to finish.
 * @returns call it with what stops the app, once there is one
 */
export function stopOnSignals(): (stop: Stop) => void {
  let stop: Stop | undefined;
  let firstAt: number | undefined;
  const onSignal = (signal: NodeJS.Signals) => {
    if (!stop) process.exit(0);
    if (firstAt === undefined) {
      firstAt = performance.now();
      setTimeout(() => process.exit(1), LONGEST_STOP_MS).unref();
      stop().then(
        () => process.exit(0),
        () => process.exit(1),
      );
    } else if (signal === 'SIGINT' && performance.now() - firstAt > SAME_SIGNAL_MS)
      process.exit(128 + constants.signals.SIGINT);
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
  return (given) => (stop = given);
}
