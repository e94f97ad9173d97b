import { AsyncLocalStorage } from 'node:async_hooks';
import type { Database } from '../state/database.js';

/** How far a sandbox's clock is ahead of the machine's. */
export interface Clock {
  readonly aheadMs: number;
}

const running = new AsyncLocalStorage<Clock>();

/**
 * Whatever `work` does, and what it waits for, goes by this clock. Made of context and not handed on, since every object
 * that is made asks for the time, and several sandboxes may run in one process.
 */
export const runWithClock = <T>(clock: Clock, work: () => T): T => running.run(clock, work);

/** Now by the sandbox's clock, in ms. */
export const nowMs = (): number => Date.now() + (running.getStore()?.aheadMs ?? 0);

/** Now by the sandbox's clock, in whole seconds: the unit of every time on Stripe's wire. */
export const unixNow = (): number => Math.floor(nowMs() / 1000);

/** The clock that everything in a sandbox goes by. It can be moved forward, and stays moved after a restart. */
export class SandboxClock implements Clock {
  private constructor(private ahead: number) {}

  static async from(database: Database): Promise<SandboxClock> {
    const row = await database.get<{ value: string }>("SELECT value FROM settings WHERE name = 'clock_ahead_ms'");
    return new SandboxClock(Number(row?.value ?? 0));
  }

  get aheadMs(): number {
    return this.ahead;
  }

  /** Use inside a transaction. A time that is past already changes nothing: what has happened stays happened. */
  async moveTo(timeMs: number, database: Database): Promise<void> {
    const ahead = Math.max(this.ahead, timeMs - Date.now());
    await database.run(
      "INSERT INTO settings (name, value) VALUES ('clock_ahead_ms', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
      String(ahead),
    );
    this.ahead = ahead;
  }

  /** Back to the machine's time: for a state that is empty, in which nothing has happened. */
  reset(): void {
    this.ahead = 0;
  }
}
