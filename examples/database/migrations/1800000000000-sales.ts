import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The table of `Sale`. Plain SQL that SQLite and PostgreSQL both run. */
export class Sales1800000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE TABLE sales (
         charge_id varchar PRIMARY KEY,
         card_country varchar,
         amount bigint NOT NULL,
         currency varchar NOT NULL,
         sold_at bigint NOT NULL
       )`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE sales');
  }
}
