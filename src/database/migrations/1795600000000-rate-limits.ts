import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How often somebody did something in the present span of time; forgotten when it has ended. */
export class RateLimits1795600000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE rate_limits (
      key varchar PRIMARY KEY,
      hits integer NOT NULL,
      ends_at bigint NOT NULL
    )`);
    await runner.query('CREATE INDEX rate_limits_by_end ON rate_limits (ends_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE rate_limits');
  }
}
