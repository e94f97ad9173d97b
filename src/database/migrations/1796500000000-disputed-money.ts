import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What tells how much money a dispute took, and what warns of a dispute to come. Plain SQL that both engines run. */
const statements = [
  'ALTER TABLE disputes ADD COLUMN balance_currency varchar',
  'ALTER TABLE disputes ADD COLUMN withdrawn_sum bigint NOT NULL DEFAULT 0',
  'ALTER TABLE disputes ADD COLUMN reinstated_sum bigint NOT NULL DEFAULT 0',
  'ALTER TABLE disputes ADD COLUMN case_type varchar',
  'ALTER TABLE disputes ADD COLUMN is_charge_refundable integer',

  `CREATE TABLE early_fraud_warnings (
     id varchar PRIMARY KEY,
     payment_intent_id varchar,
     charge_id varchar,
     fraud_type varchar NOT NULL,
     actionable integer NOT NULL,
     told_at bigint NOT NULL,
     created_at bigint NOT NULL,
     learned_at bigint NOT NULL
   )`,
  'CREATE INDEX early_fraud_warnings_by_payment_intent ON early_fraud_warnings (payment_intent_id)',
  'ALTER TABLE charges ADD COLUMN charge_id varchar',
  'CREATE INDEX charges_by_charge ON charges (charge_id)',
];

export class DisputedMoney1796500000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of statements) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX charges_by_charge');
    await runner.query('ALTER TABLE charges DROP COLUMN charge_id');
    await runner.query('DROP TABLE early_fraud_warnings');
    for (const column of ['balance_currency', 'withdrawn_sum', 'reinstated_sum', 'case_type', 'is_charge_refundable'])
      await runner.query(`ALTER TABLE disputes DROP COLUMN ${column}`);
  }
}
