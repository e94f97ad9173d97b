import type { HandlerRun, WebhookEvent } from './webhook-event.entity.js';

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

type Conclusion = Pick<WebhookEvent, 'status' | 'reason' | 'nextAttemptAt'>;

/**
 * What becomes of an event, from the runs of its handlers. `undefined` while a handler is still due or under way.
 * It waits while one handler has a next attempt, is dead when none can go on and one is dead, ignored when every handler left it
 * alone, and else done.
 */
export function deriveEventStatus(
  handlers: readonly string[],
  runs: readonly HandlerRun[],
  now: Date,
): Conclusion | undefined {
  if (handlers.length === 0) return { status: 'ignored', reason: 'its handler was removed', nextAttemptAt: null };
  const known = handlers.map((handler) => runs.find((run) => run.handler === handler));
  const waiting = known.filter((run) => !run || run.status === 'pending');
  const nextAttempts = waiting.map((run) => run?.nextAttemptAt ?? now);
  if (nextAttempts.some((at) => at <= now)) return undefined;
  if (nextAttempts.length > 0) {
    const soonest = nextAttempts.reduce((a, b) => (a < b ? a : b));
    return { status: 'pending', reason: null, nextAttemptAt: soonest };
  }
  const dead = known.filter((run) => run?.status === 'dead').map((run) => run?.handler);
  if (dead.length > 0) return { status: 'dead', reason: `gave up: ${dead.join(', ')}`, nextAttemptAt: null };
  if (known.every((run) => run?.status === 'ignored'))
    return { status: 'ignored', reason: reasonsOf(known as HandlerRun[]), nextAttemptAt: null };
  return { status: 'done', reason: null, nextAttemptAt: null };
}

/** One reason where all handlers have the same, else each with the handler's name. */
function reasonsOf(runs: readonly HandlerRun[]): string {
  const [first] = runs;
  if (runs.every(({ lastError }) => lastError === first?.lastError)) return first?.lastError ?? '';
  return runs.map(({ handler, lastError }) => `${handler}: ${lastError}`).join('; ');
}
