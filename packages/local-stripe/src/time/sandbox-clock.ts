import type { Clock } from '../model/clock.js';
import type { Sql } from '../state/database.js';

/** A server's clock. It can be moved forward, also across restarts. */
export class SandboxClock implements Clock {
  private constructor(private ahead: number) {}

  /** `startMs`: the time that a new state starts at; defaults to the machine's. */
  static async from(database: Sql, startMs?: number): Promise<SandboxClock> {
    const row = await database.get<{ value: string }>("SELECT value FROM settings WHERE name = 'clock_ahead_ms'");
    if (row || startMs === undefined) return new SandboxClock(Number(row?.value ?? 0));
    const clock = new SandboxClock(startMs - Date.now());
    await clock.moveTo(startMs, database);
    return clock;
  }

  get aheadMs(): number {
    return this.ahead;
  }

  /** Use inside a transaction. A time in the past changes nothing. */
  async moveTo(timeMs: number, database: Sql): Promise<void> {
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
