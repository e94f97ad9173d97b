/** Attempts of one handler on one event before it is dead. */
export const MOST_ATTEMPTS = 15;

const FIRST_DELAY_MS = 5_000;
/** With 14 waits this sums up to about three days, as long as Stripe itself tries. */
const GROWTH = 2.2;
const JITTER = 0.2;

/**
 * Milliseconds to wait after the nth failed attempt (1 is the first); `undefined` once there is no further one.
 * @param random from 0 up to 1: spreads what failed together
 */
export function delayAfterAttempt(attempt: number, random: number = Math.random()): number | undefined {
  if (attempt >= MOST_ATTEMPTS) return undefined;
  const jitter = 1 + JITTER * (2 * random - 1);
  return Math.round(FIRST_DELAY_MS * GROWTH ** (attempt - 1) * jitter);
}
