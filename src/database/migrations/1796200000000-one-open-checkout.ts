import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a Checkout Session is asked for with once more, and since when its payment is left alone. */
const columns = ['price_id varchar', 'session_asked_at bigint'];

export class OneOpenCheckout1796200000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const column of columns) await runner.query(`ALTER TABLE payments ADD COLUMN ${column}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const column of columns) await runner.query(`ALTER TABLE payments DROP COLUMN ${column.split(' ')[0]}`);
  }
}
