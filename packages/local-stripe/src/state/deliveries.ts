import { nowMs } from '../model/clock.js';
import type { DeliveryFaultHit } from '../faults/fault-rules.js';
import type { Connection } from './connection.js';
import type { Event } from '../model/wire.js';
import type { Objects } from './objects.js';

export interface DueDelivery {
  id: number;
  endpointId: string;
  attempts: number;
  madeAtMs: number;
  event: Event;
}

/** How far a delivery is. */
export interface DeliveryState {
  state: 'pending' | 'delivered' | 'failed' | 'lost';
  attempts: number;
  dueAtMs: number;
  lastAtMs: number | null;
}

/** One attempt to deliver an event. */
export interface Attempt {
  ok: boolean;
  /** Status or error: `200`, `500`, `fetch failed`. */
  answer: string;
  /** The beginning of the response body. */
  said: string;
}

type DueRow = Omit<DueDelivery, 'event'> & { json: string };

/** Deliveries in the state file. Use inside a transaction. */
export class Deliveries {
  private some: boolean | undefined;

  constructor(
    private readonly database: Connection,
    private readonly objects: Objects,
  ) {}

  /** `hit`: the fault to inject. Stored with the delivery, so that it holds after a crash. */
  async add(eventId: string, endpointId: string, hit?: DeliveryFaultHit): Promise<void> {
    const row = { eventId, endpointId, fault: hit?.fault };
    switch (hit?.fault) {
      case undefined:
        return this.insert(row);
      case 'lost':
        return this.insert({ ...row, state: 'lost' });
      case 'late':
        return this.insert({ ...row, afterMs: hit.delayMs });
      case 'twice':
        await this.insert({ eventId, endpointId });
        return this.insert(row);
      case 'out_of_order':
        // Where one waits to be overtaken, this one overtakes it.
        if (await this.anyWaiting(endpointId)) return this.insert({ eventId, endpointId });
        return this.insert({ ...row, afterMs: hit.delayMs, waits: true });
    }
  }

  /** The deliveries that are due at `atMs`, the earliest first; those in `except` are left out. */
  async due(
    endpointId: string,
    atMs: number,
    { limit, except }: { limit: number; except: readonly number[] },
  ): Promise<DueDelivery[]> {
    const rows = await this.database.all<DueRow>(
      `SELECT due.id, endpoint_id AS endpointId, attempts, made_at_ms AS madeAtMs, json
       FROM webhook_deliveries AS due JOIN objects ON objects.id = event_id
       WHERE state = 'pending' AND endpoint_id = ? AND due_at_ms <= ?
         AND due.id NOT IN (SELECT value FROM json_each(?)) ORDER BY due_at_ms, due.id LIMIT ?`,
      endpointId,
      atMs,
      JSON.stringify(except),
      limit,
    );
    return rows.map(({ json, ...row }) => ({ ...row, event: JSON.parse(json) as Event }));
  }

  /** When the next delivery becomes due after `atMs`. */
  async nextDueAtMs(endpointId: string, atMs: number): Promise<number | undefined> {
    const row = await this.database.get<{ dueAtMs: number | null }>(
      `SELECT min(due_at_ms) AS dueAtMs FROM webhook_deliveries
       WHERE state = 'pending' AND endpoint_id = ? AND due_at_ms > ?`,
      endpointId,
      atMs,
    );
    return row?.dueAtMs ?? undefined;
  }

  /** The deliveries of an object's events of this type. */
  async ofObject(objectId: string, type: string): Promise<DeliveryState[]> {
    if (!(await this.exist())) return [];
    await this.objects.write('event');
    return this.database.all<DeliveryState>(
      `SELECT due.state, due.attempts, due.due_at_ms AS dueAtMs,
         (SELECT max(at_ms) FROM delivery_attempts WHERE delivery_id = due.id) AS lastAtMs
       FROM objects JOIN webhook_deliveries AS due ON due.event_id = objects.id
       WHERE object = 'event' AND json ->> '$.data.object.id' = ? AND json ->> '$.type' = ?`,
      objectId,
      type,
    );
  }

  /** Whether there is any. Asked once per transaction: nothing is delivered where no endpoint was ever registered. */
  private async exist(): Promise<boolean> {
    this.some ??= (await this.database.get('SELECT id FROM webhook_deliveries LIMIT 1')) !== undefined;
    return this.some;
  }

  async delivered({ id, endpointId }: DueDelivery, attempt: Attempt): Promise<void> {
    await this.attempted(id, 'delivered', attempt, 0);
    await this.database.run(
      `UPDATE webhook_deliveries SET waits = 0, due_at_ms = min(due_at_ms, ?)
       WHERE waits = 1 AND endpoint_id = ? AND id < ?`,
      nowMs(),
      endpointId,
      id,
    );
  }

  retryAt({ id }: DueDelivery, attempt: Attempt, dueAtMs: number): Promise<void> {
    return this.attempted(id, 'pending', attempt, dueAtMs);
  }

  givenUp({ id }: DueDelivery, attempt: Attempt): Promise<void> {
    return this.attempted(id, 'failed', attempt, 0);
  }

  /** Fails the pending deliveries of an endpoint that is deleted. */
  async giveUpOn(endpointId: string): Promise<void> {
    await this.database.run(
      "UPDATE webhook_deliveries SET state = 'failed', waits = 0 WHERE endpoint_id = ? AND state = 'pending'",
      endpointId,
    );
  }

  /** Updates `pending_webhooks` of an event. */
  async count(eventId: string): Promise<void> {
    await this.objects.write('event');
    await this.database.run(
      `UPDATE objects SET json = json_set(json, '$.pending_webhooks', (
         SELECT count(*) FROM (
           SELECT 1 FROM webhook_deliveries WHERE event_id = ?1
           GROUP BY endpoint_id HAVING sum(state IN ('delivered', 'lost')) = 0
         )
       )) WHERE id = ?1`,
      eventId,
    );
  }

  private async anyWaiting(endpointId: string): Promise<boolean> {
    const sql = 'SELECT id FROM webhook_deliveries WHERE waits = 1 AND endpoint_id = ? LIMIT 1';
    return (await this.database.get(sql, endpointId)) !== undefined;
  }

  private async insert(row: {
    eventId: string;
    endpointId: string;
    state?: 'pending' | 'lost';
    fault?: string;
    afterMs?: number;
    waits?: boolean;
  }): Promise<void> {
    const now = nowMs();
    this.some = true;
    await this.database.run(
      `INSERT INTO webhook_deliveries (event_id, endpoint_id, state, made_at_ms, due_at_ms, waits, fault)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
      row.eventId,
      row.endpointId,
      row.state ?? 'pending',
      now,
      now + (row.afterMs ?? 0),
      Number(row.waits ?? false),
      row.fault ?? null,
    );
  }

  private async attempted(id: number, state: string, { answer, said }: Attempt, dueAtMs: number): Promise<void> {
    await this.database.run(
      `UPDATE webhook_deliveries SET state = ?, due_at_ms = ?, waits = 0, attempts = attempts + 1 WHERE id = ?`,
      state,
      dueAtMs,
      id,
    );
    await this.database.run(
      'INSERT INTO delivery_attempts (delivery_id, at_ms, answer, said) VALUES (?, ?, ?, ?)',
      id,
      nowMs(),
      answer,
      said,
    );
  }
}
