import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Customers, subscriptions, invoices and what they entitle to. Plain SQL that SQLite and PostgreSQL both run. */
const statements = [
  `CREATE TABLE customers (
     id varchar PRIMARY KEY,
     owner_type varchar NOT NULL,
     owner_id varchar NOT NULL,
     livemode integer NOT NULL,
     email varchar NOT NULL,
     name varchar,
     stripe_customer_id varchar,
     asked_at bigint,
     changed_at bigint,
     deleted_at bigint,
     created_at bigint NOT NULL
   )`,
  'CREATE UNIQUE INDEX customers_by_owner ON customers (owner_type, owner_id, livemode) WHERE deleted_at IS NULL',
  'CREATE UNIQUE INDEX customers_by_stripe_id ON customers (stripe_customer_id)',
  'CREATE INDEX customers_by_created ON customers (created_at, id)',

  `CREATE TABLE stripe_reads (
     kind varchar NOT NULL,
     id varchar NOT NULL,
     issued bigint NOT NULL,
     wanted bigint NOT NULL,
     applied bigint NOT NULL,
     cause varchar NOT NULL,
     actor varchar,
     caused_at bigint NOT NULL,
     payload text,
     due_at bigint NOT NULL,
     lease_token varchar,
     lease_until bigint,
     attempts integer NOT NULL DEFAULT 0,
     last_error varchar,
     PRIMARY KEY (kind, id)
   )`,
  'CREATE INDEX stripe_reads_due ON stripe_reads (due_at) WHERE wanted > applied',

  `CREATE TABLE subscriptions (
     id varchar PRIMARY KEY,
     stripe_customer_id varchar NOT NULL,
     owner_type varchar,
     owner_id varchar,
     plan_group varchar,
     checkout_id varchar,
     created_at bigint NOT NULL,
     ended_at bigint,
     ended_status varchar,
     end_reason varchar,
     trial_started_at bigint,
     first_paid_at bigint,
     first_failed_at bigint,
     duplicate_of varchar,
     stripe_status varchar NOT NULL,
     provisional integer NOT NULL,
     snapshot_at bigint NOT NULL,
     version bigint NOT NULL,
     cancel_at bigint,
     cancel_at_period_end integer NOT NULL DEFAULT 0,
     canceled_at bigint,
     trial_end bigint,
     current_period_start bigint,
     current_period_end bigint,
     latest_invoice_id varchar,
     default_payment_method varchar,
     collection_method varchar,
     billing_mode varchar,
     paused_reason varchar,
     pause_collection varchar,
     pause_resumes_at bigint,
     pending_update_expires_at bigint,
     schedule_id varchar,
     currency varchar,
     status varchar NOT NULL,
     access integer NOT NULL DEFAULT 0,
     access_until bigint,
     access_reason varchar,
     changes_at bigint,
     derived_by varchar,
     learned_at bigint NOT NULL
   )`,
  'CREATE INDEX subscriptions_by_customer ON subscriptions (stripe_customer_id)',
  'CREATE INDEX subscriptions_by_owner ON subscriptions (owner_type, owner_id, created_at, id)',
  'CREATE INDEX subscriptions_by_created ON subscriptions (created_at, id)',
  'CREATE INDEX subscriptions_by_derivation ON subscriptions (derived_by) WHERE ended_at IS NULL',
  'CREATE INDEX subscriptions_changing ON subscriptions (changes_at) WHERE changes_at IS NOT NULL',

  `CREATE TABLE subscription_items (
     id varchar PRIMARY KEY,
     subscription_id varchar NOT NULL,
     position integer NOT NULL,
     plan_key varchar,
     price_id varchar NOT NULL,
     product_id varchar NOT NULL,
     quantity bigint NOT NULL,
     unit_amount bigint,
     currency varchar NOT NULL,
     recurring_interval varchar NOT NULL,
     interval_count integer NOT NULL,
     current_period_start bigint,
     current_period_end bigint
   )`,
  'CREATE INDEX subscription_items_by_subscription ON subscription_items (subscription_id)',

  `CREATE TABLE subscription_history (
     subscription_id varchar NOT NULL,
     seq integer NOT NULL,
     from_status varchar,
     to_status varchar NOT NULL,
     cause varchar NOT NULL,
     at bigint NOT NULL,
     learned_at bigint NOT NULL,
     actor varchar,
     PRIMARY KEY (subscription_id, seq)
   )`,

  `CREATE TABLE subscription_checkouts (
     id varchar PRIMARY KEY,
     owner_type varchar NOT NULL,
     owner_id varchar NOT NULL,
     user_id varchar NOT NULL,
     email varchar NOT NULL,
     stripe_customer_id varchar NOT NULL,
     plan_group varchar NOT NULL,
     plan_key varchar NOT NULL,
     price_id varchar NOT NULL,
     quantity bigint NOT NULL,
     trial_days integer NOT NULL DEFAULT 0,
     checkout_session_id varchar,
     subscription_id varchar,
     completed_at bigint,
     expired_at bigint,
     failed_at bigint,
     status varchar NOT NULL,
     session_asked_at bigint,
     created_at bigint NOT NULL
   )`,
  'CREATE UNIQUE INDEX subscription_checkouts_by_session ON subscription_checkouts (checkout_session_id)',
  'CREATE INDEX subscription_checkouts_by_owner ON subscription_checkouts (owner_type, owner_id, plan_group)',
  "CREATE INDEX subscription_checkouts_open ON subscription_checkouts (created_at) WHERE status = 'open'",

  `CREATE TABLE subscription_changes (
     id varchar PRIMARY KEY,
     subscription_id varchar NOT NULL,
     kind varchar NOT NULL,
     details text NOT NULL,
     version bigint NOT NULL,
     proration_date bigint,
     amount bigint,
     currency varchar,
     status varchar NOT NULL,
     failure_reason varchar,
     requested_by varchar NOT NULL,
     created_at bigint NOT NULL,
     expires_at bigint,
     finished_at bigint
   )`,
  "CREATE UNIQUE INDEX subscription_changes_open ON subscription_changes (subscription_id) WHERE status = 'requested'",

  `CREATE TABLE invoices (
     id varchar PRIMARY KEY,
     stripe_customer_id varchar NOT NULL,
     subscription_id varchar,
     payment_id varchar,
     number varchar,
     billing_reason varchar,
     currency varchar NOT NULL,
     subtotal bigint NOT NULL,
     total bigint NOT NULL,
     amount_due bigint NOT NULL,
     amount_paid bigint NOT NULL,
     amount_remaining bigint NOT NULL,
     starting_balance bigint NOT NULL DEFAULT 0,
     ending_balance bigint,
     attempt_count integer NOT NULL DEFAULT 0,
     next_payment_attempt bigint,
     period_start bigint,
     period_end bigint,
     stripe_status varchar NOT NULL,
     provisional integer NOT NULL,
     snapshot_at bigint NOT NULL,
     finalized_at bigint,
     paid_at bigint,
     voided_at bigint,
     uncollectible_at bigint,
     deleted_at bigint,
     first_failed_at bigint,
     action_required_at bigint,
     finalization_failed_at bigint,
     status varchar NOT NULL,
     created_at bigint NOT NULL,
     learned_at bigint NOT NULL
   )`,
  'CREATE INDEX invoices_by_subscription ON invoices (subscription_id, created_at, id)',
  'CREATE INDEX invoices_by_customer ON invoices (stripe_customer_id, created_at, id)',
  'CREATE INDEX invoices_by_payment ON invoices (payment_id)',

  `CREATE TABLE invoice_payments (
     id varchar PRIMARY KEY,
     invoice_id varchar NOT NULL,
     payment_intent_id varchar,
     charge_id varchar,
     amount_requested bigint NOT NULL,
     amount_paid bigint,
     currency varchar NOT NULL,
     is_default integer NOT NULL,
     status varchar NOT NULL,
     paid_at bigint,
     canceled_at bigint,
     created_at bigint NOT NULL
   )`,
  'CREATE INDEX invoice_payments_by_invoice ON invoice_payments (invoice_id)',
  'CREATE INDEX invoice_payments_by_intent ON invoice_payments (payment_intent_id)',

  `CREATE TABLE entitlements (
     owner_type varchar NOT NULL,
     owner_id varchar NOT NULL,
     feature varchar NOT NULL,
     subscription_id varchar,
     granted integer NOT NULL,
     until_at bigint,
     reason varchar NOT NULL,
     seq integer NOT NULL,
     PRIMARY KEY (owner_type, owner_id, feature)
   )`,
  `CREATE TABLE entitlement_changes (
     owner_type varchar NOT NULL,
     owner_id varchar NOT NULL,
     feature varchar NOT NULL,
     seq integer NOT NULL,
     change varchar NOT NULL,
     subscription_id varchar,
     cause varchar NOT NULL,
     at bigint NOT NULL,
     learned_at bigint NOT NULL,
     PRIMARY KEY (owner_type, owner_id, feature, seq)
   )`,

  // What kind of payment it is: `checkout`, or `invoice` for one that an invoice collected.
  "ALTER TABLE payments ADD COLUMN kind varchar NOT NULL DEFAULT 'checkout'",
  'ALTER TABLE payments ADD COLUMN invoice_id varchar',
  'ALTER TABLE payments ADD COLUMN quantity bigint NOT NULL DEFAULT 1',
  'CREATE UNIQUE INDEX payments_by_invoice ON payments (invoice_id)',
];

const tables = [
  'entitlement_changes',
  'entitlements',
  'invoice_payments',
  'invoices',
  'subscription_changes',
  'subscription_checkouts',
  'subscription_history',
  'subscription_items',
  'subscriptions',
  'stripe_reads',
  'customers',
];

export class Subscriptions1796700000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of statements) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX payments_by_invoice');
    for (const column of ['kind', 'invoice_id', 'quantity'])
      await runner.query(`ALTER TABLE payments DROP COLUMN ${column}`);
    for (const table of tables) await runner.query(`DROP TABLE ${table}`);
  }
}
