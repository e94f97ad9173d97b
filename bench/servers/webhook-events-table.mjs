/** The columns of the product's `webhook_events`, without its index of what is due: no server below hands events on. */
export const EVENTS_TABLE = `CREATE TABLE IF NOT EXISTS webhook_events (
  id varchar PRIMARY KEY,
  type varchar NOT NULL,
  payload text NOT NULL,
  status varchar NOT NULL,
  reason varchar,
  attempts integer NOT NULL DEFAULT 0,
  next_attempt_at bigint,
  lease_token varchar,
  created_at bigint NOT NULL,
  received_at bigint NOT NULL
)`;
