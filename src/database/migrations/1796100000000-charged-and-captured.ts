import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What was asked for beside what was charged, authorization and capture, and both times of a change: Stripe's and ours. Plain
 * SQL that SQLite and PostgreSQL both run. Of older rows only the amount that counts is known.
 */
const columns = {
  payments: [
    'requested_amount bigint',
    'requested_currency varchar',
    'other_prices varchar',
    'charged_amount bigint',
    'charged_currency varchar',
    'unexplained_at bigint',
    'accepted_at bigint',
    'email_verified integer NOT NULL DEFAULT 0',
  ],
  charges: [
    'amount bigint',
    'authorized_at bigint',
    'captured_at bigint',
    'captured_amount bigint',
    'canceled_at bigint',
  ],
  refunds: ['has_transaction integer'],
  payment_history: ['learned_at bigint', 'actor varchar'],
};

export class ChargedAndCaptured1796100000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const [table, added] of Object.entries(columns))
      for (const column of added) await runner.query(`ALTER TABLE ${table} ADD COLUMN ${column}`);
    // Of a row whose checkout completed, the amount is what was charged; what was asked for is known no more.
    await runner.query(
      `UPDATE payments SET charged_amount = amount, charged_currency = currency
       WHERE settled_at IS NOT NULL OR processing_at IS NOT NULL`,
    );
    await runner.query(
      `UPDATE payments SET requested_amount = amount, requested_currency = currency
       WHERE settled_at IS NULL AND processing_at IS NULL`,
    );
    await runner.query('UPDATE payment_history SET learned_at = at');
    await runner.query(
      'CREATE INDEX payments_unexplained ON payments (unexplained_at) WHERE unexplained_at IS NOT NULL',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX payments_unexplained');
    for (const [table, added] of Object.entries(columns))
      for (const column of added) await runner.query(`ALTER TABLE ${table} DROP COLUMN ${column.split(' ')[0]}`);
  }
}
