import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The number of the invoice that collected a payment, which pages put into words, in place of English words in the description.
 * Plain SQL that SQLite and PostgreSQL both run.
 */
const statements = [
  'ALTER TABLE payments ADD COLUMN invoice_number varchar',
  `UPDATE payments SET invoice_number = (SELECT number FROM invoices WHERE invoices.id = payments.invoice_id)
   WHERE kind = 'invoice'`,
  `UPDATE payments SET description = ''
   WHERE kind = 'invoice' AND (description = 'Invoice ' || invoice_number OR description = 'An invoice')`,
];

export class InvoiceNumbers1796750000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of statements) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE payments DROP COLUMN invoice_number');
  }
}
