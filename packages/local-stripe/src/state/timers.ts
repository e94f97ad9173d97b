import type { Database } from './database.js';

/** What a timer does with its object. */
export type Task =
  | 'expire_session'
  | 'expire_authorization'
  | 'book_charge'
  | 'settle_payment'
  | 'fail_payment'
  | 'fail_refund'
  | 'settle_refund'
  | 'decide_dispute'
  | 'dispute_deadline'
  | 'test_clock_arrives'
  | ObjectTask;

/** What is due for an object that has one timer only, for the next thing that happens to it. */
export type ObjectTask = 'subscription_due' | 'schedule_due' | 'invoice_due';

export interface Timer {
  /** Null: the one timer of its object. */
  id: number | null;
  task: Task;
  objectId: string;
  dueAtMs: number;
}

/** Timers in the state file, which survive a restart. Use inside a transaction. */
export class Timers {
  /** What this transaction has set, by object: each save of an object sets its timer, mostly to the same time. */
  private readonly known = new Map<string, string>();

  constructor(private readonly database: Database) {}

  private paused = false;

  /** Runs `work` and sets no timer of an object meanwhile: for what is taken back. */
  async unset<T>(work: () => Promise<T>): Promise<T> {
    const { paused } = this;
    this.paused = true;
    try {
      return await work();
    } finally {
      this.paused = paused;
    }
  }

  /** After a savepoint was rolled back. */
  forget(): void {
    this.known.clear();
  }

  async set(task: Task, objectId: string, dueAtMs: number): Promise<void> {
    await this.database.run(
      'INSERT INTO timers (due_at_ms, task, object_id) VALUES (?, ?, ?)',
      dueAtMs,
      task,
      objectId,
    );
  }

  /**
   * Sets the one timer of an object, in place of the one it had; `dueAtMs` undefined takes it away. `clock`: the test
   * clock it goes by, or empty for the server's.
   */
  async setFor(task: ObjectTask, objectId: string, dueAtMs: number | undefined, clock: string): Promise<void> {
    const set = `${dueAtMs} ${clock}`;
    if (this.paused || this.known.get(objectId) === set) return;
    this.known.set(objectId, set);
    if (dueAtMs === undefined) await this.database.run('DELETE FROM object_timers WHERE object_id = ?', objectId);
    else {
      await this.database.run(
        `INSERT INTO object_timers (object_id, task, due_at_ms, clock) VALUES (?, ?, ?, ?)
         ON CONFLICT (object_id) DO UPDATE SET due_at_ms = excluded.due_at_ms, clock = excluded.clock`,
        objectId,
        task,
        dueAtMs,
        clock,
      );
    }
  }

  /** The earliest timer of the server's clock that is due. */
  async due(nowMs: number): Promise<Timer | undefined> {
    return this.database.get<Timer>(
      `SELECT id, task, objectId, dueAtMs FROM (SELECT * FROM (
         SELECT id, task, object_id AS objectId, due_at_ms AS dueAtMs, 0 AS place FROM timers
         WHERE due_at_ms <= ?1 ORDER BY due_at_ms, id LIMIT 1
       ) UNION ALL SELECT * FROM (
         SELECT NULL, task, object_id, due_at_ms, 1 FROM object_timers
         WHERE clock = '' AND due_at_ms <= ?1 ORDER BY due_at_ms, task, rowid LIMIT 1
       )) ORDER BY dueAtMs, place LIMIT 1`,
      nowMs,
    );
  }

  /**
   * The earliest timer of an object that is due at this time of a test clock; empty: of the server's clock. At one moment by
   * the name of the task: a schedule changes its subscription before that renews. Of those the one that was set first, so that
   * the order does not depend on random ids.
   */
  async dueBy(clock: string, nowMs: number): Promise<Timer | undefined> {
    return this.database.get<Timer>(
      `SELECT NULL AS id, task, object_id AS objectId, due_at_ms AS dueAtMs FROM object_timers
       WHERE clock = ? AND due_at_ms <= ? ORDER BY due_at_ms, task, rowid LIMIT 1`,
      clock,
      nowMs,
    );
  }

  /** The earliest timer of the server's clock that does something, however far away. */
  async next(): Promise<Timer | undefined> {
    // What is paid or captured keeps the timer by which it would have expired.
    return this.database.get<Timer>(
      `SELECT * FROM (
         SELECT id, task, object_id AS objectId, due_at_ms AS dueAtMs FROM (
           SELECT * FROM timers ORDER BY due_at_ms, id LIMIT 500
         ) WHERE task NOT IN ('expire_session', 'expire_authorization')
           OR (SELECT json ->> '$.status' FROM objects WHERE objects.id = object_id) IN ('open', 'requires_capture')
         LIMIT 1
       ) UNION ALL SELECT * FROM (
         SELECT NULL, task, object_id, due_at_ms FROM object_timers
         WHERE clock = '' ORDER BY due_at_ms, task, rowid LIMIT 1
       ) ORDER BY dueAtMs LIMIT 1`,
    );
  }

  /** The same of a test clock. */
  nextOf(clock: string): Promise<Timer | undefined> {
    return this.dueBy(clock, Number.MAX_SAFE_INTEGER);
  }

  async nextDueAtMs(): Promise<number | undefined> {
    const row = await this.database.get<{ dueAtMs: number | null }>(
      `SELECT min(due) AS dueAtMs FROM (
         SELECT min(due_at_ms) AS due FROM timers
         UNION ALL SELECT min(due_at_ms) FROM object_timers WHERE clock = ''
       )`,
    );
    return row?.dueAtMs ?? undefined;
  }

  async postpone({ id, objectId }: Timer, dueAtMs: number): Promise<void> {
    this.known.delete(objectId);
    if (id === null)
      await this.database.run('UPDATE object_timers SET due_at_ms = ? WHERE object_id = ?', dueAtMs, objectId);
    else await this.database.run('UPDATE timers SET due_at_ms = ? WHERE id = ?', dueAtMs, id);
  }

  /** The one timer of an object is not removed: its task sets it anew. */
  async remove({ id }: Timer): Promise<void> {
    if (id !== null) await this.database.run('DELETE FROM timers WHERE id = ?', id);
  }
}
