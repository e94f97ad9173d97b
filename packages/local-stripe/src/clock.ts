import { AsyncLocalStorage } from 'node:async_hooks';

/** How far a sandbox's clock is ahead of the machine's. */
export interface Clock {
  readonly aheadMs: number;
}

const running = new AsyncLocalStorage<Clock>();

/**
 * Whatever `work` does, and what it waits for, goes by this clock. Made of context and not handed on, since every object
 * that is made asks for the time, and several sandboxes may run in one process.
 */
export const goingBy = <T>(clock: Clock, work: () => T): T => running.run(clock, work);

/** Now by the sandbox's clock, in ms. */
export const nowMs = (): number => Date.now() + (running.getStore()?.aheadMs ?? 0);

/** Now by the sandbox's clock, in whole seconds: the unit of every time on Stripe's wire. */
export const unixNow = (): number => Math.floor(nowMs() / 1000);
