import { AsyncLocalStorage } from 'node:async_hooks';
import type { Database } from '../state/database.js';

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

/** A server's clock. It can be moved forward, also across restarts. */
export class SandboxClock implements Clock {
  private constructor(private ahead: number) {}

  static async from(database: Database): Promise<SandboxClock> {
    const row = await database.get<{ value: string }>("SELECT value FROM settings WHERE name = 'clock_ahead_ms'");
    return new SandboxClock(Number(row?.value ?? 0));
  }

  get aheadMs(): number {
    return this.ahead;
  }

  /** Use inside a transaction. A time in the past changes nothing. */
  async moveTo(timeMs: number, database: Database): Promise<void> {
    const ahead = Math.max(this.ahead, timeMs - Date.now());
    await database.run(
      "INSERT INTO settings (name, value) VALUES ('clock_ahead_ms', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
      String(ahead),
    );
    this.ahead = ahead;
  }

  /** Back to the machine's time. Only for an empty state. */
  reset(): void {
    this.ahead = 0;
  }
}
