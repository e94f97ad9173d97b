import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The address that a user has here beside the one that Stripe has, since when they differ, and when a customer was erased. */
export class CustomersInStep1796820000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE customers ADD COLUMN user_email varchar');
    await runner.query('ALTER TABLE customers ADD COLUMN email_changed_at bigint');
    await runner.query('ALTER TABLE customers ADD COLUMN erased_at bigint');
    // Nobody has changed these at Stripe: they are still the user's.
    await runner.query("UPDATE customers SET user_email = email WHERE changed_at IS NULL AND owner_type = 'user'");
    await runner.query(
      'CREATE INDEX customers_to_update ON customers (email_changed_at) WHERE email_changed_at IS NOT NULL',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX customers_to_update');
    for (const column of ['user_email', 'email_changed_at', 'erased_at'])
      await runner.query(`ALTER TABLE customers DROP COLUMN ${column}`);
  }
}
