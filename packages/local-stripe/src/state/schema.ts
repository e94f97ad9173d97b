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
CREATE INDEX IF NOT EXISTS objects_by_lookup_key ON objects (object, json ->> '$.lookup_key');
CREATE INDEX IF NOT EXISTS objects_by_payment_intent ON objects (object, json ->> '$.payment_intent');
CREATE INDEX IF NOT EXISTS objects_by_charge ON objects (object, json ->> '$.charge');
CREATE INDEX IF NOT EXISTS objects_by_customer ON objects (object, json ->> '$.customer')
  WHERE json ->> '$.customer' IS NOT NULL;
CREATE INDEX IF NOT EXISTS objects_by_source ON objects (object, json ->> '$.source')
  WHERE json ->> '$.source' IS NOT NULL;
CREATE INDEX IF NOT EXISTS objects_by_type ON objects (object, json ->> '$.type')
  WHERE json ->> '$.type' IS NOT NULL;

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

CREATE TABLE IF NOT EXISTS settings (
  name  TEXT PRIMARY KEY,
  value TEXT NOT NULL
);
`;
