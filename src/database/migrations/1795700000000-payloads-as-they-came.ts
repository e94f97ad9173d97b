import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * PostgreSQL keeps new payloads beside their rows and does not compress them: an event's row is written once when it comes and
 * once when it is handled, and only the first time with its payload. SQLite has nothing of the kind.
 */
export class PayloadsAsTheyCame1795700000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await storePayloads(runner, 'EXTERNAL');
  }

  async down(runner: QueryRunner): Promise<void> {
    await storePayloads(runner, 'EXTENDED');
  }
}

async function storePayloads(runner: QueryRunner, how: 'EXTERNAL' | 'EXTENDED'): Promise<void> {
  if (runner.connection.options.type !== 'postgres') return;
  await runner.query(`ALTER TABLE webhook_events ALTER COLUMN payload SET STORAGE ${how}`);
}
