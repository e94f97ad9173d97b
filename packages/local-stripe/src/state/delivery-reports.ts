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

/** How far all deliveries are, counted. */
export interface DeliveryCounts {
  /** To be made now, or under way. */
  due: number;
  /** To be made later: delayed, or tried again. */
  later: number;
  delivered: number;
  /** Not made, by a fault. */
  lost: number;
  /** No longer tried: the endpoint failed for three days. */
  given_up: number;
}

/** Counts those that are not delivered: the others are the rest, since ids have no gaps (rows are only removed all at once). */
export async function countDeliveries(database: Connection, nowMs: number): Promise<DeliveryCounts> {
  const counted = await database.get<DeliveryCounts>(
    `SELECT coalesce(sum(state = 'pending' AND due_at_ms <= ?1), 0) AS due,
       coalesce(sum(state = 'pending' AND due_at_ms > ?1), 0) AS later,
       coalesce((SELECT max(id) FROM webhook_deliveries) - (SELECT min(id) FROM webhook_deliveries) + 1, 0) - count(*)
         AS delivered,
       coalesce(sum(state = 'lost'), 0) AS lost, coalesce(sum(state = 'failed'), 0) AS given_up
     FROM webhook_deliveries WHERE state IN ('pending', 'lost', 'failed')`,
    nowMs,
  );
  return counted ?? { due: 0, later: 0, delivered: 0, lost: 0, given_up: 0 };
}
