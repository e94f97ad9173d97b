import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppProcess } from '../support/app-process.js';
import { DatabaseFile } from '../faults/support/app-database.js';
import { anInvoiceEvent } from '../faults/support/events.js';
import { PostgresDatabase } from '../faults/support/postgres-database.js';
import { NodeProcess, outputOf } from '../support/node-process.js';
import { eventually } from '../support/eventually.js';

/** `MOVE_PAYMENTS=100000 npm test -- postgres move` takes a minute. */
const PAYMENTS = Number(process.env.MOVE_PAYMENTS) || 3_000;
const LONGEST_MS = 600_000;

const NUMBERS = `WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${PAYMENTS})`;
const SEED: [string][] = [
  [
    `${NUMBERS} INSERT INTO payments (id, user_id, email, description, price_key, amount, currency, checkout_session_id,
       payment_intent_id, settled_at, status, amount_refunded, created_at)
     SELECT 'payment-' || n, 'user-' || n % 100, 'user@example.com', 'Zwölf Äpfel 🍏', 'demo', 1999 + n, 'usd', 'cs_test_' || n,
       'pi_' || n, 1795400000000 + n, 'paid', 0, 1795400000000 + n FROM numbers`,
  ],
  [
    `${NUMBERS} INSERT INTO payment_history (payment_id, seq, to_status, cause, at)
     SELECT 'payment-' || n, 1, 'paid', 'evt_moved_' || n, 1795400000000 + n FROM numbers`,
  ],
  [
    `${NUMBERS} INSERT INTO webhook_events (id, type, payload, status, attempts, created_at, received_at)
     SELECT 'evt_moved_' || n, 'checkout.session.completed', '{"id":"evt_moved_' || n || '","text":"' || hex(zeroblob(1000)) || '"}',
       'done', 1, 1795400000000, 1795400000000 + n FROM numbers`,
  ],
  [
    `${NUMBERS} INSERT INTO webhook_handler_runs (event_id, handler, status, attempts)
     SELECT 'evt_moved_' || n, 'RecordCheckoutCompleted', 'done', 1 FROM numbers`,
  ],
];

describe('a shop that moves from SQLite to PostgreSQL', () => {
  const folder = mkdtempSync(join(tmpdir(), 'nsb-move-'));
  const file = new DatabaseFile(join(folder, 'shop.db'));
  const settings = { DATABASE_URL: file.url };
  let database: PostgresDatabase;
  let app: AppProcess<PostgresDatabase>;
  beforeAll(async () => {
    database = await PostgresDatabase.createOn(process.env.POSTGRES_SERVER ?? '');
    app = await AppProcess.on(database);
    await outputOf('dist/cli/main.js', ['payments', 'list'], settings); // makes the tables
    await file.write(...SEED);
  }, LONGEST_MS);
  afterAll(async () => {
    await app.remove();
    await database.drop();
    rmSync(folder, { recursive: true, force: true });
  });

  const sum = async (of: PostgresDatabase | DatabaseFile) =>
    (await of.rows<{ sum: number }>('SELECT CAST(SUM(amount) AS bigint) AS sum FROM payments'))[0]?.sum;

  it(
    'takes everything along, even when the move is cut short and begun again, and goes on there',
    async () => {
      const cut = new NodeProcess('dist/cli/main.js', settings, { args: ['migrate-to', database.url] });
      await eventually('a part of it is there', async () => (await copied()) > 0, 60_000);
      await cut.stop('SIGKILL');

      const began = performance.now();
      const { tables } = JSON.parse(
        await outputOf('dist/cli/main.js', ['migrate-to', database.url, '--json'], settings),
      ) as { tables: { table: string; sums: { rows: string } }[] };
      process.stderr.write(
        `moved ${PAYMENTS} payments with their events in ${Math.round(performance.now() - began)} ms\n`,
      );
      const rows = Object.fromEntries(tables.map(({ table, sums }) => [table, Number(sums.rows)]));
      expect(rows).toMatchObject({ payments: PAYMENTS, webhook_events: PAYMENTS, webhook_handler_runs: PAYMENTS });
      expect(await sum(database)).toBe(await sum(file));

      await app.events.createEffects();
      await app.start();
      expect(await app.cli('payments', 'show', `cs_test_${PAYMENTS}`)).toMatchObject({
        amount: 1999 + PAYMENTS,
        status: 'paid',
        history: [{ cause: `evt_moved_${PAYMENTS}` }],
      });
      const event = anInvoiceEvent();
      expect((await app.sender.send(event)).status).toBe(200);
      await app.events.is(event.id, 'done');
    },
    LONGEST_MS,
  );

  it('is shown where the two differ, instead of switching over', async () => {
    await database.write(['UPDATE payments SET amount = amount + 1 WHERE id = ?', 'payment-1']);
    const again = outputOf('dist/cli/main.js', ['migrate-to', database.url], settings);
    await expect(again).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining('payments.amount_sum') });
  });

  const copied = async () => {
    const [row] = await database
      .rows<{ count: number }>('SELECT count(*) AS count FROM payments')
      .catch((): { count: number }[] => []); // there is no table yet
    return row?.count ?? 0;
  };
});
