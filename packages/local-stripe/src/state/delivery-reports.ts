import type { Connection } from './connection.js';

/** A delivery, as the dashboard shows it. */
export interface DeliveryReport {
  id: number;
  eventId: string;
  endpointId: string;
  state: 'pending' | 'delivered' | 'failed' | 'lost';
  attempts: number;
  dueAtMs: number;
  /** The fault that was injected; null for none. */
  fault: string | null;
  lastAnswer: string | null;
}

/** One attempt of a delivery. */
export interface AttemptReport {
  deliveryId: number;
  atMs: number;
  answer: string;
  said: string;
}

/** The deliveries of these events, oldest first. */
export function deliveriesOf(database: Connection, eventIds: readonly string[]): Promise<DeliveryReport[]> {
  return database.all<DeliveryReport>(
    `SELECT id, event_id AS eventId, endpoint_id AS endpointId, state, attempts, due_at_ms AS dueAtMs, fault,
       (SELECT answer FROM delivery_attempts WHERE delivery_id = webhook_deliveries.id ORDER BY id DESC LIMIT 1) AS lastAnswer
     FROM webhook_deliveries WHERE event_id IN (${eventIds.map(() => '?').join()}) ORDER BY id`,
    ...eventIds,
  );
}

/** All attempts of an event's deliveries, oldest first. */
export function attemptsOf(database: Connection, eventId: string): Promise<AttemptReport[]> {
  return database.all<AttemptReport>(
    `SELECT delivery_id AS deliveryId, at_ms AS atMs, answer, said FROM delivery_attempts
     WHERE delivery_id IN (SELECT id FROM webhook_deliveries WHERE event_id = ?) ORDER BY id`,
    eventId,
  );
}
