const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** Delays before the second attempt, the third, …; the last repeats. */
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

/** Stripe gives up after three days. */
const GIVE_UP_AFTER_MS = 3 * 24 * 60 * MINUTE;

/** When to make the next attempt, in ms; undefined where it is given up. */
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
