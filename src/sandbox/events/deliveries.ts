import type { Database } from '../state/database.js';

export interface DueDelivery {
  eventId: string;
  attempts: number;
  madeAtMs: number;
}

/** What is known of one event's way to the endpoint. */
export interface DeliveryReport {
  eventId: string;
  state: 'pending' | 'delivered' | 'failed';
  attempts: number;
  lastAnswer: string | null;
}

/** Which events still have to reach the endpoint, kept in the state file until they have. */
export class Deliveries {
  constructor(private readonly database: Database) {}

  async add(eventId: string): Promise<void> {
    const now = Date.now();
    await this.database.run(
      "INSERT INTO deliveries (event_id, state, due_at_ms, made_at_ms) VALUES (?, 'pending', ?, ?)",
      eventId,
      now,
      now,
    );
  }

  due(nowMs: number, limit: number): Promise<DueDelivery[]> {
    return this.database.all<DueDelivery>(
      `SELECT event_id AS eventId, attempts, made_at_ms AS madeAtMs FROM deliveries
       WHERE state = 'pending' AND due_at_ms <= ? ORDER BY due_at_ms, rowid LIMIT ?`,
      nowMs,
      limit,
    );
  }

  /** When the first of those becomes due that are not due yet. */
  async nextDueAtMs(nowMs: number): Promise<number | undefined> {
    const row = await this.database.get<{ dueAtMs: number | null }>(
      "SELECT min(due_at_ms) AS dueAtMs FROM deliveries WHERE state = 'pending' AND due_at_ms > ?",
      nowMs,
    );
    return row?.dueAtMs ?? undefined;
  }

  delivered(eventId: string, answer: string): Promise<void> {
    return this.attempted(eventId, 'delivered', answer, 0);
  }

  retryAt(eventId: string, answer: string, dueAtMs: number): Promise<void> {
    return this.attempted(eventId, 'pending', answer, dueAtMs);
  }

  givenUp(eventId: string, answer: string): Promise<void> {
    return this.attempted(eventId, 'failed', answer, 0);
  }

  report(eventId: string): Promise<DeliveryReport | undefined> {
    return this.database.get<DeliveryReport>(
      'SELECT event_id AS eventId, state, attempts, last_answer AS lastAnswer FROM deliveries WHERE event_id = ?',
      eventId,
    );
  }

  private async attempted(
    eventId: string,
    state: DeliveryReport['state'],
    answer: string,
    dueAtMs: number,
  ): Promise<void> {
    await this.database.run(
      'UPDATE deliveries SET state = ?, last_answer = ?, due_at_ms = ?, attempts = attempts + 1 WHERE event_id = ?',
      state,
      answer,
      dueAtMs,
      eventId,
    );
  }
}
