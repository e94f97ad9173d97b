const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** Waits before the second attempt, the third, …; the last one repeats. */
export const DEFAULT_RETRY_DELAYS_MS = [
  SECOND,
  2 * SECOND,
  5 * SECOND,
  10 * SECOND,
  30 * SECOND,
  MINUTE,
  5 * MINUTE,
  15 * MINUTE,
  60 * MINUTE,
];

/** Stripe's own limit: an event that did not get through in three days never will. */
const GIVE_UP_AFTER_MS = 3 * 24 * 60 * MINUTE;

/** When to try again after the given number of attempts; undefined: not at all. */
export function nextAttemptAtMs(
  attempts: number,
  madeAtMs: number,
  nowMs: number,
  delaysMs: readonly number[],
): number | undefined {
  const delayMs = delaysMs[Math.min(attempts, delaysMs.length) - 1];
  if (delayMs === undefined || nowMs + delayMs > madeAtMs + GIVE_UP_AFTER_MS) return undefined;
  return nowMs + delayMs;
}
