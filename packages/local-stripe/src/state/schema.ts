/**
 * Objects are stored as the API's JSON; lists filter by its fields, hence the indexes on expressions.
 * `notes` is data of an object that the API does not show.
 */
export const SCHEMA = `
CREATE TABLE IF NOT EXISTS objects (
  seq     INTEGER PRIMARY KEY AUTOINCREMENT,
  id      TEXT    NOT NULL UNIQUE,
  object  TEXT    NOT NULL,
  created INTEGER NOT NULL,
  json    TEXT    NOT NULL,
  notes   TEXT
);
CREATE INDEX IF NOT EXISTS objects_by_kind ON objects (object, seq);
CREATE INDEX IF NOT EXISTS objects_by_time ON objects (object, created);
CREATE INDEX IF NOT EXISTS objects_by_lookup_key ON objects (object, json ->> '$.lookup_key')
  WHERE json ->> '$.lookup_key' IS NOT NULL;
CREATE INDEX IF NOT EXISTS objects_by_payment_intent ON objects (object, json ->> '$.payment_intent')
  WHERE json ->> '$.payment_intent' IS NOT NULL;
CREATE INDEX IF NOT EXISTS objects_by_charge ON objects (object, json ->> '$.charge')
  WHERE json ->> '$.charge' IS NOT NULL;
CREATE INDEX IF NOT EXISTS objects_by_customer ON objects (object, json ->> '$.customer')
  WHERE json ->> '$.customer' IS NOT NULL;
CREATE INDEX IF NOT EXISTS objects_by_email ON objects (object, json ->> '$.email')
  WHERE json ->> '$.email' IS NOT NULL;
CREATE INDEX IF NOT EXISTS objects_by_source ON objects (object, json ->> '$.source')
  WHERE json ->> '$.source' IS NOT NULL;
CREATE INDEX IF NOT EXISTS objects_by_type ON objects (object, json ->> '$.type')
  WHERE json ->> '$.type' IS NOT NULL;
CREATE INDEX IF NOT EXISTS objects_by_status ON objects (object, json ->> '$.status')
  WHERE json ->> '$.status' IS NOT NULL;
CREATE INDEX IF NOT EXISTS objects_by_invoice ON objects (object, json ->> '$.invoice')
  WHERE json ->> '$.invoice' IS NOT NULL;
CREATE INDEX IF NOT EXISTS objects_by_subscription ON objects (object, json ->> '$.parent.subscription_details.subscription')
  WHERE json ->> '$.parent.subscription_details.subscription' IS NOT NULL;
CREATE INDEX IF NOT EXISTS objects_by_paying_intent ON objects (object, json ->> '$.payment.payment_intent')
  WHERE json ->> '$.payment.payment_intent' IS NOT NULL;
CREATE INDEX IF NOT EXISTS billed_by_method ON objects (object, json ->> '$.collection_method')
  WHERE object = 'invoice' OR object = 'subscription';
CREATE INDEX IF NOT EXISTS balance_by_currency ON objects (json ->> '$.currency') WHERE object = 'balance_transaction';
CREATE INDEX IF NOT EXISTS balance_sums ON objects (json ->> '$.currency', json ->> '$.available_on', json ->> '$.net', id)
  WHERE object = 'balance_transaction';
CREATE INDEX IF NOT EXISTS events_by_object ON objects (json ->> '$.data.object.id') WHERE object = 'event';
CREATE INDEX IF NOT EXISTS upcoming_by_subscription
  ON objects (json ->> '$.data.object.parent.subscription_details.subscription')
  WHERE object = 'event' AND json ->> '$.type' = 'invoice.upcoming';

CREATE TABLE IF NOT EXISTS object_accounts (
  id      TEXT PRIMARY KEY,
  account TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS objects_of_account ON object_accounts (account);

CREATE TABLE IF NOT EXISTS idempotency_keys (
  key    TEXT    PRIMARY KEY,
  path   TEXT    NOT NULL,
  params TEXT    NOT NULL,
  status INTEGER NOT NULL,
  body   TEXT    NOT NULL,
  made   INTEGER NOT NULL
);

CREATE TABLE IF NOT EXISTS timers (
  id        INTEGER PRIMARY KEY AUTOINCREMENT,
  due_at_ms INTEGER NOT NULL,
  task      TEXT    NOT NULL,
  object_id TEXT    NOT NULL
);
CREATE INDEX IF NOT EXISTS timers_due ON timers (due_at_ms);

CREATE TABLE IF NOT EXISTS object_timers (
  object_id TEXT    PRIMARY KEY,
  task      TEXT    NOT NULL,
  due_at_ms INTEGER NOT NULL,
  clock     TEXT    NOT NULL
);
CREATE INDEX IF NOT EXISTS object_timers_in_order ON object_timers (clock, due_at_ms, task);

CREATE TABLE IF NOT EXISTS settings (
  name  TEXT PRIMARY KEY,
  value TEXT NOT NULL
);
`;

/**
 * One row per delivery of an event to an endpoint; `waits` is 1 where it is to be overtaken by the next. `answer` of an
 * attempt is the status or error, `said` the beginning of the response body.
 */
export const DELIVERIES_SCHEMA = `
DROP TABLE IF EXISTS deliveries;

CREATE TABLE IF NOT EXISTS webhook_deliveries (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  event_id    TEXT    NOT NULL,
  endpoint_id TEXT    NOT NULL,
  state       TEXT    NOT NULL,
  attempts    INTEGER NOT NULL DEFAULT 0,
  made_at_ms  INTEGER NOT NULL,
  due_at_ms   INTEGER NOT NULL,
  waits       INTEGER NOT NULL DEFAULT 0,
  fault       TEXT
);
CREATE INDEX IF NOT EXISTS webhook_deliveries_due ON webhook_deliveries (state, endpoint_id, due_at_ms, id);
CREATE INDEX IF NOT EXISTS webhook_deliveries_by_event ON webhook_deliveries (event_id);
CREATE INDEX IF NOT EXISTS webhook_deliveries_waiting ON webhook_deliveries (endpoint_id) WHERE waits = 1;

CREATE TABLE IF NOT EXISTS delivery_attempts (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  delivery_id INTEGER NOT NULL,
  at_ms       INTEGER NOT NULL,
  answer      TEXT    NOT NULL,
  said        TEXT    NOT NULL
);
CREATE INDEX IF NOT EXISTS attempts_by_delivery ON delivery_attempts (delivery_id);
`;
