import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * When a refund got its status, when we learnt of it and who asked for it; addresses in one form. Plain SQL that SQLite and
 * PostgreSQL both run.
 */
const statements = [
  'ALTER TABLE refunds ADD COLUMN status_at bigint',
  'ALTER TABLE refunds ADD COLUMN learned_at bigint',
  'ALTER TABLE refunds ADD COLUMN requested_by varchar',
  'UPDATE refunds SET status_at = created_at, learned_at = created_at',
  // As `normalizeEmail` does it to new ones, as far as SQL goes.
  'UPDATE payments SET email = lower(trim(email)) WHERE email <> lower(trim(email))',
  // The last refunds of a payment, their number and their sums are read from the index alone.
  'CREATE INDEX refunds_of_payment ON refunds (payment_id, created_at, id, status, amount)',
];

export class WhoAskedForRefunds1796600000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of statements) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX refunds_of_payment');
    for (const column of ['status_at', 'learned_at', 'requested_by'])
      await runner.query(`ALTER TABLE refunds DROP COLUMN ${column}`);
  }
}
