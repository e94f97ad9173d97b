import type { Database } from './database.js';

/** What a timer does with its object. */
export type Task =
  | 'expire_session'
  | 'expire_authorization'
  | 'settle_payment'
  | 'fail_payment'
  | 'fail_refund'
  | 'settle_refund'
  | 'decide_dispute'
  | 'dispute_deadline'
  | 'test_clock_arrives';

export interface Timer {
  id: number;
  task: Task;
  objectId: string;
}

/** Timers in the state file, which survive a restart. Use inside a transaction. */
export class Timers {
  constructor(private readonly database: Database) {}

  async set(task: Task, objectId: string, dueAtMs: number): Promise<void> {
    await this.database.run(
      'INSERT INTO timers (due_at_ms, task, object_id) VALUES (?, ?, ?)',
      dueAtMs,
      task,
      objectId,
    );
  }

  async due(nowMs: number): Promise<Timer | undefined> {
    return this.database.get<Timer>(
      'SELECT id, task, object_id AS objectId FROM timers WHERE due_at_ms <= ? ORDER BY due_at_ms, id LIMIT 1',
      nowMs,
    );
  }

  async nextDueAtMs(): Promise<number | undefined> {
    const row = await this.database.get<{ dueAtMs: number | null }>('SELECT min(due_at_ms) AS dueAtMs FROM timers');
    return row?.dueAtMs ?? undefined;
  }

  async postpone(id: number, dueAtMs: number): Promise<void> {
    await this.database.run('UPDATE timers SET due_at_ms = ? WHERE id = ?', dueAtMs, id);
  }

  async remove(id: number): Promise<void> {
    await this.database.run('DELETE FROM timers WHERE id = ?', id);
  }
}
