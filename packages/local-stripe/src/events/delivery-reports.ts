import type { Database } from '../state/database.js';

/** One way of an event to an endpoint, as people are told of it. */
export interface DeliveryReport {
  id: number;
  eventId: string;
  endpointId: string;
  state: 'pending' | 'delivered' | 'failed' | 'lost';
  attempts: number;
  dueAtMs: number;
  /** What went wrong with it on purpose. */
  fault: string | null;
  lastAnswer: string | null;
}

/** One attempt: when, and what came back. */
export interface AttemptReport {
  deliveryId: number;
  atMs: number;
  answer: string;
  said: string;
}

/** What became of these events' deliveries, oldest first. */
export function deliveriesOf(database: Database, eventIds: readonly string[]): Promise<DeliveryReport[]> {
  return database.all<DeliveryReport>(
    `SELECT id, event_id AS eventId, endpoint_id AS endpointId, state, attempts, due_at_ms AS dueAtMs, fault,
       (SELECT answer FROM delivery_attempts WHERE delivery_id = webhook_deliveries.id ORDER BY id DESC LIMIT 1) AS lastAnswer
     FROM webhook_deliveries WHERE event_id IN (${eventIds.map(() => '?').join()}) ORDER BY id`,
    ...eventIds,
  );
}

/** Every attempt at one event's deliveries, oldest first. */
export function attemptsOf(database: Database, eventId: string): Promise<AttemptReport[]> {
  return database.all<AttemptReport>(
    `SELECT delivery_id AS deliveryId, at_ms AS atMs, answer, said FROM delivery_attempts
     WHERE delivery_id IN (SELECT id FROM webhook_deliveries WHERE event_id = ?) ORDER BY id`,
    eventId,
  );
}
