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
