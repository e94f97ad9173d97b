import { nowMs } from '../model/clock.js';
import type { DeliveryFaultHit } from '../faults/fault-rules.js';
import type { Connection } from './connection.js';
import type { Objects } from './objects.js';

/** How far a delivery is. */
export interface DeliveryState {
  state: 'pending' | 'delivered' | 'failed' | 'lost';
  attempts: number;
  dueAtMs: number;
  lastAtMs: number | null;
}

/** A delivery that is not written yet. */
interface NewDelivery {
  eventId: string;
  endpointId: string;
  state: 'pending' | 'lost';
  madeAtMs: number;
  dueAtMs: number;
  waits: number;
  fault: string | null;
}

/** Deliveries in the state file. Use inside a transaction. New ones are written before the commit, all in one statement. */
export class Deliveries {
  private some: boolean | undefined;
  private unwritten: NewDelivery[] = [];

  constructor(
    private readonly database: Connection,
    private readonly objects: Objects,
  ) {}

  async write(): Promise<void> {
    const rows = this.unwritten;
    if (rows.length === 0) return;
    this.unwritten = [];
    await this.database.run(
      `INSERT INTO webhook_deliveries (event_id, endpoint_id, state, made_at_ms, due_at_ms, waits, fault)
       SELECT value ->> 'eventId', value ->> 'endpointId', value ->> 'state', value ->> 'madeAtMs', value ->> 'dueAtMs',
         value ->> 'waits', value ->> 'fault'
       FROM json_each(?) ORDER BY key`,
      JSON.stringify(rows),
    );
  }

  /** After a savepoint was rolled back. */
  forgetChanges(): void {
    this.unwritten = [];
  }

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
        this.insert({ eventId, endpointId });
        return this.insert(row);
      case 'out_of_order':
        // Where one waits to be overtaken, this one overtakes it.
        if (await this.anyWaiting(endpointId)) return this.insert({ eventId, endpointId });
        return this.insert({ ...row, afterMs: hit.delayMs, waits: true });
    }
  }

  /** The deliveries of an object's events of this type. */
  async ofObject(objectId: string, type: string): Promise<DeliveryState[]> {
    if (!(await this.exist())) return [];
    await this.objects.write('event');
    await this.write();
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

  /** Fails the pending deliveries of an endpoint that is deleted. */
  async giveUpOn(endpointId: string): Promise<void> {
    await this.write();
    await this.database.run(
      "UPDATE webhook_deliveries SET state = 'failed', waits = 0 WHERE endpoint_id = ? AND state = 'pending'",
      endpointId,
    );
  }

  /** Updates `pending_webhooks` of these events. */
  async count(eventIds: readonly string[]): Promise<void> {
    await this.objects.write('event');
    await this.write();
    await this.database.run(
      `UPDATE objects SET json = json_set(json, '$.pending_webhooks', (
         SELECT count(*) FROM (
           SELECT 1 FROM webhook_deliveries WHERE event_id = objects.id
           GROUP BY endpoint_id HAVING sum(state IN ('delivered', 'lost')) = 0
         )
       )) WHERE id IN (SELECT value FROM json_each(?))`,
      JSON.stringify(eventIds),
    );
  }

  private async anyWaiting(endpointId: string): Promise<boolean> {
    await this.write();
    const sql = 'SELECT id FROM webhook_deliveries WHERE waits = 1 AND endpoint_id = ? LIMIT 1';
    return (await this.database.get(sql, endpointId)) !== undefined;
  }

  private insert(row: {
    eventId: string;
    endpointId: string;
    state?: 'pending' | 'lost';
    fault?: string | undefined;
    afterMs?: number;
    waits?: boolean;
  }): void {
    const now = nowMs();
    this.some = true;
    this.unwritten.push({
      eventId: row.eventId,
      endpointId: row.endpointId,
      state: row.state ?? 'pending',
      madeAtMs: now,
      dueAtMs: now + (row.afterMs ?? 0),
      waits: Number(row.waits ?? false),
      fault: row.fault ?? null,
    });
  }
}
