import { constants } from 'node:os';

/** A stop takes no longer than this, ms, whatever is under way. */
const LONGEST_STOP_MS = 9_500;
/** Signals within this time, ms, are one: npm passes a Ctrl-C on to a process that has it from the terminal already. */
const SAME_SIGNAL_MS = 500;

type Stop = () => Promise<void>;

/**
 * From now on SIGTERM and SIGINT end the process, at once: a boot leaves nothing behind that the next one does not stand. A
 * second Ctrl-C ends it at once, too; a second SIGTERM does not, since whoever sends two still waits for what is under way.
 * @returns a function that takes what ends the app in order, once there is an app: requests and handlers under way finish first
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
  return (inOrder) => (stop = inOrder);
}
