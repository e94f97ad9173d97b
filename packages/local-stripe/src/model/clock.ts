import { AsyncLocalStorage } from 'node:async_hooks';

/** How far a sandbox's clock is ahead of the machine's. */
export interface Clock {
  readonly aheadMs: number;
  /** Where it is set, this clock stands still at this time, in ms: a timer runs at the moment it was set for. */
  readonly frozenAtMs?: number;
}

const running = new AsyncLocalStorage<Clock>();

/**
 * Runs `work`, with all that it awaits, by this clock. An async context and not a parameter, since every new object
 * needs the time, and several servers may run in one process.
 */
export const runWithClock = <T>(clock: Clock, work: () => T): T => running.run(clock, work);

/** The current time of the running clock, in ms. */
export function nowMs(): number {
  const clock = running.getStore();
  return clock?.frozenAtMs ?? Date.now() + (clock?.aheadMs ?? 0);
}

/** The current time of the running clock, in whole seconds, as in Stripe's API. */
export const unixNow = (): number => Math.floor(nowMs() / 1000);
