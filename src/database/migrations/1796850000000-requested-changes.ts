import type { MigrationInterface, QueryRunner } from 'typeorm';

/** When a change of a plan was confirmed. Plain SQL that SQLite and PostgreSQL both run. */
export class RequestedChanges1796850000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE subscription_changes ADD COLUMN requested_at bigint');
    await runner.query('CREATE INDEX subscription_changes_by_subscription ON subscription_changes (subscription_id)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX subscription_changes_by_subscription');
    await runner.query('ALTER TABLE subscription_changes DROP COLUMN requested_at');
  }
}
