import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Plain SQL that SQLite and PostgreSQL both run. Moments are milliseconds since 1970, amounts minor units. */
const statements = [
  `CREATE TABLE payments (
     id varchar PRIMARY KEY,
     user_id varchar NOT NULL,
     email varchar NOT NULL,
     description varchar NOT NULL,
     price_key varchar NOT NULL,
     amount bigint NOT NULL,
     currency varchar NOT NULL,
     checkout_session_id varchar,
     payment_intent_id varchar,
     processing_at bigint,
     settled_at bigint,
     failed_at bigint,
     expired_at bigint,
     status varchar NOT NULL,
     amount_refunded bigint NOT NULL DEFAULT 0,
     created_at bigint NOT NULL
   )`,
  'CREATE UNIQUE INDEX payments_by_checkout_session ON payments (checkout_session_id)',
  'CREATE UNIQUE INDEX payments_by_payment_intent ON payments (payment_intent_id)',
  'CREATE INDEX payments_by_user ON payments (user_id, created_at, id)',
  'CREATE INDEX payments_by_email ON payments (email, created_at, id)',

  `CREATE TABLE refunds (
     id varchar PRIMARY KEY,
     payment_id varchar,
     payment_intent_id varchar NOT NULL,
     stripe_refund_id varchar,
     amount bigint NOT NULL,
     status varchar NOT NULL,
     failure_reason varchar,
     created_at bigint NOT NULL
   )`,
  'CREATE UNIQUE INDEX refunds_by_stripe_id ON refunds (stripe_refund_id)',
  'CREATE INDEX refunds_by_payment ON refunds (payment_id)',
  'CREATE INDEX refunds_by_payment_intent ON refunds (payment_intent_id)',
  "CREATE INDEX refunds_requested ON refunds (created_at) WHERE status = 'requested'",

  `CREATE TABLE charges (
     payment_intent_id varchar PRIMARY KEY,
     refunded_high bigint NOT NULL
   )`,

  `CREATE TABLE payment_history (
     payment_id varchar NOT NULL,
     seq integer NOT NULL,
     from_status varchar,
     to_status varchar NOT NULL,
     cause varchar NOT NULL,
     at bigint NOT NULL,
     PRIMARY KEY (payment_id, seq)
   )`,

  `CREATE TABLE webhook_events (
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
   )`,
  "CREATE INDEX webhook_events_due ON webhook_events (next_attempt_at) WHERE status = 'pending'",
  'CREATE INDEX webhook_events_by_received ON webhook_events (received_at)',

  `CREATE TABLE webhook_handler_runs (
     event_id varchar NOT NULL,
     handler varchar NOT NULL,
     status varchar NOT NULL,
     attempts integer NOT NULL DEFAULT 0,
     last_error varchar,
     next_attempt_at bigint,
     PRIMARY KEY (event_id, handler)
   )`,

  `CREATE TABLE sessions (
     id varchar PRIMARY KEY,
     data text NOT NULL,
     expires_at bigint NOT NULL
   )`,
  'CREATE INDEX sessions_by_expiry ON sessions (expires_at)',
];

export class FirstTables1795400000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of statements) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    const tables = [
      'sessions',
      'webhook_handler_runs',
      'webhook_events',
      'payment_history',
      'charges',
      'refunds',
      'payments',
    ];
    for (const table of tables) await runner.query(`DROP TABLE ${table}`);
  }
}
