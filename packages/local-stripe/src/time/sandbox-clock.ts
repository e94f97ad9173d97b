import type { Clock } from '../model/clock.js';
import type { Database } from '../state/database.js';

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
