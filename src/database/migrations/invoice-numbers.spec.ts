import type { EntityManager, QueryRunner } from 'typeorm';
import { testingApp, type TestingApp } from '../../../test/support/testing-app.js';
import { UnitOfWork } from '../unit-of-work.js';
import { InvoiceNumbers1796750000000 } from './1796750000000-invoice-numbers.js';

describe('the migration that gives payments the number of their invoice', () => {
  let app: TestingApp;
  beforeAll(async () => {
    app = await testingApp();
  });
  afterAll(() => app.close());

  const insertPayment = (tx: EntityManager, id: string, description: string, invoiceId: string | null) =>
    tx.query(
      `INSERT INTO payments (id, user_id, email, kind, invoice_id, description, price_key, amount, currency, status, created_at)
       VALUES ($1, 'jenny', 'jenny@example.com', $2, $3, $4, 'unknown', 1500, 'usd', 'paid', 1795000000000)`,
      [id, invoiceId ? 'invoice' : 'checkout', invoiceId, description],
    );
  const insertInvoice = (tx: EntityManager, id: string, number: string | null) =>
    tx.query(
      `INSERT INTO invoices (id, stripe_customer_id, number, currency, subtotal, total, amount_due, amount_paid, amount_remaining,
         stripe_status, provisional, snapshot_at, status, created_at, learned_at)
       VALUES ($1, 'cus_1', $2, 'usd', 1500, 1500, 1500, 1500, 0, 'paid', 0, 0, 'paid', 0, 0)`,
      [id, number],
    );

  it('takes the English words away that older versions stored in their place, and nothing else', async () => {
    const rows = await app.module.get(UnitOfWork).run(async (tx) => {
      const runner = { query: (sql: string) => tx.query(sql) } as QueryRunner;
      const migration = new InvoiceNumbers1796750000000();
      await migration.down(runner);
      for (const [id, number] of [
        ['in_1', 'A-1'],
        ['in_2', null],
        ['in_3', 'A-3'],
      ] as const)
        await insertInvoice(tx, id, number);
      await insertPayment(tx, '1', 'Invoice A-1', 'in_1');
      await insertPayment(tx, '2', 'An invoice', 'in_2');
      await insertPayment(tx, '3', 'Invoice Pro', 'in_3');
      await insertPayment(tx, '4', 'An invoice', null);
      await migration.up(runner);
      return tx.query('SELECT description, invoice_number FROM payments ORDER BY id');
    });
    expect(rows).toEqual([
      { description: '', invoice_number: 'A-1' },
      { description: '', invoice_number: null },
      { description: 'Invoice Pro', invoice_number: 'A-3' },
      { description: 'An invoice', invoice_number: null },
    ]);
  });
});
