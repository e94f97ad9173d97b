import type { Notes } from '../model/notes.js';
import type { Event, EventType } from '../model/wire.js';
import type { Sql } from './database.js';

interface Page {
  limit: number;
  /** The id of an event: only older ones. */
  before?: string | undefined;
}

interface Row {
  json: string;
  notes: string | null;
}

/** An event and when it happened by the clock of its object, in Unix seconds. */
export interface PastEvent {
  event: Event;
  at: number;
}

export function pastEvent({ json, notes }: Row): PastEvent {
  const event = JSON.parse(json) as Event;
  return { event, at: notes === null ? event.created : (JSON.parse(notes) as Notes['event']).at };
}

/**
 * The events of these types (undefined: of all) about any of these objects, newest first. Those of `invoice.upcoming`, whose object has no id,
 * are found by the id of their subscription.
 */
export async function eventsAbout(
  database: Sql,
  ids: readonly string[],
  types: readonly EventType[] | undefined,
  { limit, before }: Page,
): Promise<PastEvent[]> {
  // INDEXED BY: by itself SQLite would go through all events.
  const rows = await database.all<Row>(
    `SELECT json, notes FROM objects WHERE seq IN (
       SELECT seq FROM objects INDEXED BY events_by_object
       WHERE object = 'event' AND json ->> '$.data.object.id' IN (SELECT value FROM json_each(?1))
       UNION ALL
       SELECT seq FROM objects INDEXED BY upcoming_by_subscription
       WHERE object = 'event' AND json ->> '$.type' = 'invoice.upcoming'
         AND json ->> '$.data.object.parent.subscription_details.subscription' IN (SELECT value FROM json_each(?1))
     ) AND seq < coalesce((SELECT seq FROM objects WHERE id = ?2), ?3)
       AND (?4 IS NULL OR json ->> '$.type' IN (SELECT value FROM json_each(?4)))
     ORDER BY seq DESC LIMIT ?5`,
    JSON.stringify(ids),
    before ?? '',
    Number.MAX_SAFE_INTEGER,
    types ? JSON.stringify(types) : null,
    limit,
  );
  return rows.map(pastEvent);
}

/** The newest events of one type, with the position that the next page goes on from. */
export async function eventsOfType(
  database: Sql,
  type: EventType,
  { limit, before }: Page,
): Promise<Array<PastEvent & { position: number }>> {
  const rows = await database.all<Row & { seq: number }>(
    `SELECT seq, json, notes FROM objects WHERE object = 'event' AND json ->> '$.type' = ?
       AND seq < coalesce((SELECT seq FROM objects WHERE id = ?), ?) ORDER BY seq DESC LIMIT ?`,
    type,
    before ?? '',
    Number.MAX_SAFE_INTEGER,
    limit,
  );
  return rows.map(({ seq, ...row }) => ({ position: seq, ...pastEvent(row) }));
}

/** The ids of a subscription's invoices, newest first. */
export const invoiceIdsOf = (database: Sql, subscription: string): Promise<string[]> =>
  idsOf(
    database,
    `SELECT id FROM objects WHERE object = 'invoice' AND json ->> '$.parent.subscription_details.subscription' = ?
     ORDER BY seq DESC`,
    subscription,
  );

/** The ids of the Payment Intents that were to pay these invoices. */
export const intentIdsOf = (database: Sql, invoices: readonly string[]): Promise<string[]> =>
  idsOf(
    database,
    `SELECT json ->> '$.payment.payment_intent' AS id FROM objects WHERE object = 'invoice_payment'
       AND json ->> '$.invoice' IS NOT NULL AND json ->> '$.invoice' IN (SELECT value FROM json_each(?))
       AND json ->> '$.payment.payment_intent' IS NOT NULL`,
    JSON.stringify(invoices),
  );

/** The ids of the charges and disputes of these Payment Intents. */
export const chargeIdsOf = (database: Sql, intents: readonly string[]): Promise<string[]> =>
  idsOf(
    database,
    `SELECT id FROM objects WHERE object IN ('charge', 'dispute') AND json ->> '$.payment_intent' IS NOT NULL
       AND json ->> '$.payment_intent' IN (SELECT value FROM json_each(?))`,
    JSON.stringify(intents),
  );

async function idsOf(database: Sql, sql: string, value: string): Promise<string[]> {
  return (await database.all<{ id: string }>(sql, value)).map(({ id }) => id);
}
