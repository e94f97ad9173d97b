import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Since when a second subscription is being ended, which is when its refunds begin; and both kinds are found by an index. */
export class EndsOfDuplicates1796810000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE subscriptions ADD COLUMN duplicate_end_at bigint');
    await runner.query(
      'CREATE INDEX subscriptions_duplicates ON subscriptions (duplicate_of) WHERE duplicate_of IS NOT NULL AND ended_at IS NULL',
    );
    await runner.query(
      'CREATE INDEX subscriptions_ended_duplicates ON subscriptions (duplicate_end_at) WHERE duplicate_end_at IS NOT NULL',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX subscriptions_ended_duplicates');
    await runner.query('DROP INDEX subscriptions_duplicates');
    await runner.query('ALTER TABLE subscriptions DROP COLUMN duplicate_end_at');
  }
}
