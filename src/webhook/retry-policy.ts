import type { HandlerRun, WebhookEvent } from './webhook-event.entity.js';

/** Attempts of one handler on one event before its run is dead. */
export const MAX_ATTEMPTS = 15;
/** Claims of one event before it is dead: more than all attempts of several handlers take, so each of them ended the process. */
export const MAX_CLAIMS = 4 * MAX_ATTEMPTS;

const FIRST_DELAY_MS = 5_000;
/** Each wait is this many times the one before: 14 waits sum up to about three days, as long as Stripe itself retries. */
const GROWTH = 2.2;
/** A wait is longer or shorter by up to this share, so that what failed together is not retried together. */
const JITTER = 0.2;
/** Characters of an error or a reason that are stored. */
export const MAX_REASON_LENGTH = 500;

/**
 * Milliseconds to wait after the nth failed attempt (1 is the first); `undefined` after the last.
 * @param random from 0 up to 1, for the jitter
 */
export function delayAfterAttempt(attempt: number, random: number = Math.random()): number | undefined {
  if (attempt >= MAX_ATTEMPTS) return undefined;
  const jitter = 1 + JITTER * (2 * random - 1);
  return Math.round(FIRST_DELAY_MS * GROWTH ** (attempt - 1) * jitter);
}

/** How a handler's turn on an event ended. `message`: of the error, without secrets, at most MAX_REASON_LENGTH. */
export type RunResult =
  { outcome: 'succeeded' } | { outcome: 'ignored'; reason: string } | { outcome: 'failed'; message: string };

/** What is stored of a run, besides whose it is. */
export type RunState = Pick<HandlerRun, 'status' | 'attempts' | 'lastError' | 'nextAttemptAt'>;

/** A run after one more result. `attempts`: those before it; ignoring an event is no attempt. */
export function nextRunState(attempts: number, result: RunResult, now: Date): RunState {
  switch (result.outcome) {
    case 'succeeded':
      return { status: 'done', attempts: attempts + 1, lastError: null, nextAttemptAt: null };
    case 'ignored':
      return { status: 'ignored', attempts, lastError: result.reason.slice(0, MAX_REASON_LENGTH), nextAttemptAt: null };
    case 'failed': {
      const delayMs = delayAfterAttempt(attempts + 1);
      return {
        status: delayMs === undefined ? 'dead' : 'pending',
        attempts: attempts + 1,
        lastError: result.message,
        nextAttemptAt: delayMs === undefined ? null : new Date(now.getTime() + delayMs),
      };
    }
  }
}

/** Whether a handler is to be run now; `undefined` is a handler that has no run yet. */
export const isDue = (run: RunState | undefined, now: Date): boolean =>
  !run || (run.status === 'pending' && (run.nextAttemptAt ?? now) <= now);

/** For the log. `undefined`: the attempt could not be stored. */
export function describeAttempt(run: RunState | undefined): string {
  if (!run) return 'an attempt that could not be stored and is made again';
  const next = run.nextAttemptAt
    ? `the next at ${run.nextAttemptAt.toISOString()}`
    : 'the last: it is dead until it is replayed';
  return `attempt ${run.attempts} of ${MAX_ATTEMPTS}, ${next}`;
}

type EventState = Pick<WebhookEvent, 'status' | 'reason' | 'nextAttemptAt'>;

/**
 * The state of an event, from the runs of its handlers; `undefined` while one of them is due or running, so the state stays.
 * `pending` while a handler waits for its next attempt, `dead` when none waits and one is dead, `ignored` when every handler
 * ignored it, else `done`.
 * @param handlers the names of the handlers of its type
 */
export function deriveEventStatus(
  handlers: readonly string[],
  runs: readonly HandlerRun[],
  now: Date,
): EventState | undefined {
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

/** The columns of an event that is never handled again, unless it is replayed. */
export const deadLetter = (reason: string) =>
  ({ status: 'dead', reason, nextAttemptAt: null, leaseToken: null }) as const;
