import type { Connection } from './connection.js';
import { ObjectTimers, type ObjectTask } from './object-timers.js';

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

export interface Timer {
  /** Null: the one timer of its object. */
  id: number | null;
  task: Task;
  objectId: string;
  dueAtMs: number;
}

/** How many due timers are read at once. */
const AT_ONCE = 20;

/** Timers in the state file, which survive a restart. Use inside a transaction. */
export class Timers {
  private readonly ofObjects: ObjectTimers;
  /** The earliest timers that are due, in order; read again where one is set that may come before the last of them. */
  private ahead: Timer[] = [];

  private paused = false;

  constructor(private readonly database: Connection) {
    this.ofObjects = new ObjectTimers(database);
  }

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

  /** After a savepoint was rolled back. `written`: whether anything in the database was. */
  forgetChanges(written: boolean): void {
    if (!written && this.ofObjects.areWritten) return;
    this.ofObjects.clear();
    this.ahead = [];
  }

  async set(task: Task, objectId: string, dueAtMs: number): Promise<void> {
    if (dueAtMs <= (this.ahead.at(-1)?.dueAtMs ?? 0)) this.ahead = [];
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
    if (this.paused || !this.ofObjects.set(task, objectId, dueAtMs, clock)) return;
    this.ahead = this.ahead.filter((timer) => timer.id !== null || timer.objectId !== objectId);
    if (dueAtMs !== undefined && dueAtMs <= (this.ahead.at(-1)?.dueAtMs ?? 0)) this.ahead = [];
  }

  /** Writes what was set: before the commit, and before a savepoint. */
  async write(): Promise<void> {
    await this.ofObjects.write();
  }

  /** The earliest timer of the server's clock, due or not. */
  async first(): Promise<Timer | undefined> {
    await this.write();
    return this.database.get<Timer>(
      `SELECT id, task, objectId, dueAtMs FROM (SELECT * FROM (
         SELECT id, task, object_id AS objectId, due_at_ms AS dueAtMs, 0 AS kind FROM timers ORDER BY due_at_ms, id LIMIT 1
       ) UNION ALL SELECT * FROM (
         SELECT NULL, task, object_id, due_at_ms, 1 FROM object_timers
         WHERE clock = '' ORDER BY due_at_ms, task, rowid LIMIT 1
       )) ORDER BY dueAtMs, kind LIMIT 1`,
    );
  }

  /** The earliest timer of the server's clock that is due. */
  async due(nowMs: number): Promise<Timer | undefined> {
    return (await this.nextDue(nowMs))[0];
  }

  /** The earliest of those that are due, at most twenty. At one moment by the name of the task, as in `dueBy`. */
  async nextDue(nowMs: number): Promise<readonly Timer[]> {
    if (this.ahead.length === 0) {
      await this.write();
      this.ahead = await this.database.all<Timer>(
        `SELECT id, task, objectId, dueAtMs FROM (SELECT * FROM (
           SELECT id, task, object_id AS objectId, due_at_ms AS dueAtMs, 0 AS kind, id AS place FROM timers
           WHERE due_at_ms <= ?1 ORDER BY due_at_ms, id LIMIT ?2
         ) UNION ALL SELECT * FROM (
           SELECT NULL, task, object_id, due_at_ms, 1, rowid FROM object_timers
           WHERE clock = '' AND due_at_ms <= ?1 ORDER BY due_at_ms, task, rowid LIMIT ?2
         )) ORDER BY dueAtMs, kind, CASE kind WHEN 1 THEN task END, place LIMIT ?2`,
        nowMs,
        AT_ONCE,
      );
    }
    return this.ahead.filter(({ dueAtMs }) => dueAtMs <= nowMs);
  }

  /**
   * The earliest timer of an object that is due at this time of a test clock. At one moment by the name of the task: a schedule
   * changes its subscription before that renews. Of those the one that was set first, so that the order does not depend on random
   * ids.
   */
  async dueBy(clock: string, nowMs: number): Promise<Timer | undefined> {
    await this.write();
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
    await this.write();
    const row = await this.database.get<{ dueAtMs: number | null }>(
      `SELECT min(due) AS dueAtMs FROM (
         SELECT min(due_at_ms) AS due FROM timers
         UNION ALL SELECT min(due_at_ms) FROM object_timers WHERE clock = ''
       )`,
    );
    return row?.dueAtMs ?? undefined;
  }

  async postpone({ id, objectId }: Timer, dueAtMs: number): Promise<void> {
    await this.write();
    this.forgetChanges(true);
    if (id === null)
      await this.database.run('UPDATE object_timers SET due_at_ms = ? WHERE object_id = ?', dueAtMs, objectId);
    else await this.database.run('UPDATE timers SET due_at_ms = ? WHERE id = ?', dueAtMs, id);
  }

  /** The one timer of an object is not removed: its task sets it anew. */
  async remove({ id, objectId }: Timer): Promise<void> {
    this.ahead = this.ahead.filter((each) => each.id !== id || each.objectId !== objectId);
    if (id !== null) await this.database.run('DELETE FROM timers WHERE id = ?', id);
  }
}
