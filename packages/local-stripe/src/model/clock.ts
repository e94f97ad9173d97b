import { AsyncLocalStorage } from 'node:async_hooks';

/** How far a sandbox's clock is ahead of the machine's. */
export interface Clock {
  readonly aheadMs: number;
}

const running = new AsyncLocalStorage<Clock>();

/**
 * Runs `work`, with all that it awaits, by this clock. An async context and not a parameter, since every new object
 * needs the time, and several servers may run in one process.
 */
export const runWithClock = <T>(clock: Clock, work: () => T): T => running.run(clock, work);

/** The current time of the running clock, in ms. */
export const nowMs = (): number => Date.now() + (running.getStore()?.aheadMs ?? 0);

/** The current time of the running clock, in whole seconds, as in Stripe's API. */
export const unixNow = (): number => Math.floor(nowMs() / 1000);
