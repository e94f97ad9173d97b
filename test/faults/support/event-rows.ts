import { eventually } from '../../support/eventually.js';
import type { AppDatabase } from './app-database.js';

interface RunRow {
  handler: string;
  status: string;
  attempts: number;
}

export interface EventRow {
  id: string;
  status: string;
  attempts: number;
  next_attempt_at: number | null;
  lease_token: string | null;
}

/** What became of events: their own rows, their runs, and the effects that the tests' handlers leave. */
export class EventRows {
  constructor(private readonly database: AppDatabase) {}

  /** Where effects are kept: one row for each time that a handler was applied. */
  async createEffects(): Promise<void> {
    await this.database.write(['CREATE TABLE effects (event_id varchar NOT NULL, handler varchar NOT NULL)']);
  }

  async find(id: string): Promise<EventRow | undefined> {
    return (await this.database.rows<EventRow>('SELECT * FROM webhook_events WHERE id = ?', id))[0];
  }

  /** The handlers' runs by name, each as `[status, attempts]`. */
  async runsOf(id: string): Promise<Record<string, [string, number]>> {
    const runs = await this.database.rows<RunRow>('SELECT * FROM webhook_handler_runs WHERE event_id = ?', id);
    return Object.fromEntries(runs.map(({ handler, status, attempts }) => [handler, [status, attempts]]));
  }

  /** The names of the handlers that were applied, as often as they were. */
  async effectsOf(id: string): Promise<string[]> {
    const sql = 'SELECT handler FROM effects WHERE event_id = ? ORDER BY handler';
    return (await this.database.rows<{ handler: string }>(sql, id)).map(({ handler }) => handler);
  }

  async is(id: string, status: string): Promise<void> {
    await eventually(`${id} is ${status}`, async () => (await this.find(id))?.status === status);
  }

  /** Whether nothing is left to do. */
  async areHandled(): Promise<boolean> {
    const sql = "SELECT id FROM webhook_events WHERE status = 'pending' LIMIT 1";
    return (await this.database.rows(sql)).length === 0;
  }

  /** Handling is bound by the disk, so a machine may need long. */
  async drained(timeoutMs = 60_000): Promise<void> {
    await eventually('every event is handled', () => this.areHandled(), timeoutMs);
  }

  /** Makes the next attempt due at once, and counts as none itself. */
  async makeDue(id: string): Promise<void> {
    const now = Date.now();
    await this.database.write(
      ["UPDATE webhook_handler_runs SET next_attempt_at = ? WHERE event_id = ? AND status = 'pending'", now, id],
      ["UPDATE webhook_events SET next_attempt_at = ? WHERE id = ? AND status = 'pending'", now, id],
    );
  }

  /** Writes down that a handler has failed this often. */
  async setAttempts(id: string, handler: string, attempts: number): Promise<void> {
    const sql = 'UPDATE webhook_handler_runs SET attempts = ? WHERE event_id = ? AND handler = ?';
    await this.database.write([sql, attempts, id, handler]);
  }
}
