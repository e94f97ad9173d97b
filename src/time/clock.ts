import { Injectable } from '@nestjs/common';

/**
 * The time of the shop, which everything that happens to money, subscriptions and access goes by: what is stored beside Stripe's
 * times or compared with them, such as the end of a trial. It is the machine's clock; beside the local Stripe it is that one's
 * clock, which can be moved (`LocalStripeClock`).
 *
 * What measures how long something takes on this machine goes by `machineNow` or `performance.now()` instead.
 */
@Injectable()
export class Clock {
  private ahead = 0;
  private readonly listeners: (() => void)[] = [];

  now(): Date {
    return new Date(Date.now() + this.ahead);
  }

  /** How far it is ahead of the machine's clock, ms; 0 but beside a local Stripe whose clock was moved. */
  get aheadMs(): number {
    return this.ahead;
  }

  /** Moves it and calls the listeners. Does nothing where it stands there already. */
  setAheadMs(aheadMs: number): void {
    if (aheadMs === this.ahead) return;
    this.ahead = aheadMs;
    for (const listener of this.listeners) listener();
  }

  /** Calls `listener` after each move, so that what became due by it is not done only in the next period of its task. */
  onMove(listener: () => void): void {
    this.listeners.push(listener);
  }
}

/**
 * The machine's clock, which never follows the local Stripe's. For what must take its real time or agree with other machines: leases
 * and delays of retries, when a delivery was received, the tolerance of webhook signatures, sessions, rate limits, caches.
 */
export const machineNow = (): Date => new Date();

/** The same in ms since 1970. */
export const machineNowMs = (): number => Date.now();
