import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Disputes, and further facts about money after it was taken. Plain SQL that SQLite and PostgreSQL both run. */
const statements = [
  `CREATE TABLE disputes (
     id varchar PRIMARY KEY,
     payment_id varchar,
     payment_intent_id varchar NOT NULL,
     amount bigint NOT NULL,
     currency varchar NOT NULL,
     reason varchar NOT NULL,
     status varchar NOT NULL,
     status_at bigint NOT NULL,
     due_by bigint,
     withdrawn_at bigint,
     reinstated_at bigint,
     created_at bigint NOT NULL
   )`,
  'CREATE INDEX disputes_by_payment ON disputes (payment_id)',
  'CREATE INDEX disputes_by_payment_intent ON disputes (payment_intent_id)',
  'ALTER TABLE refunds ADD COLUMN reason varchar',
  'ALTER TABLE charges ADD COLUMN receipt_url varchar',
  'ALTER TABLE charges ADD COLUMN declined_at bigint',
  'ALTER TABLE charges ADD COLUMN decline_code varchar',
];

export class Disputes1795500000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of statements) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE disputes');
    await runner.query('ALTER TABLE refunds DROP COLUMN reason');
    for (const column of ['receipt_url', 'declined_at', 'decline_code'])
      await runner.query(`ALTER TABLE charges DROP COLUMN ${column}`);
  }
}
