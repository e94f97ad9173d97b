import { copyFileSync } from 'node:fs';
import { paymentIds } from '../load/payment-ids.mjs';
import { startServer } from '../processes/server.mjs';
import { product } from '../servers/index.mjs';
import { openDatabase } from './database.mjs';
import { insertMany } from './insert-many.mjs';
import { isPostgres } from './postgres.mjs';

/** More a second than any server here settles; a load that wants more begins again with the first. */
const PAYMENTS_A_SECOND = 15_000;

/** How many payments a load of so many ms may settle. */
export const paymentsFor = (ms) => Math.ceil((PAYMENTS_A_SECOND * ms) / 1_000);

/**
 * Starts the product once, so that it makes its tables, then adds payments that wait for their `checkout.session.completed`.
 * @param {(database: object) => Promise<void>} [more] fills in what else is to be there
 */
export async function makeProductDatabase(path, payments, more) {
  const { stop } = await startServer(product(path));
  await stop();
  const database = await openDatabase(path);
  if (isPostgres(path)) {
    await addPayments(database, payments);
    await database.run('VACUUM ANALYZE');
  } else {
    await database.run('PRAGMA synchronous = OFF'); // nothing here is worth an fsync; the last checkpoint has one
    await addPayments(database, payments);
    await more?.(database);
    await database.run('PRAGMA synchronous = FULL');
    await database.run('PRAGMA wal_checkpoint(TRUNCATE)');
  }
  await database.close();
}

/** Copies a SQLite file that no process has open, so that its write-ahead log is empty. */
export const copyDatabase = (from, to) => copyFileSync(from, to);

async function addPayments(database, count) {
  const createdAt = Date.now();
  await insertMany(
    database,
    'payments (id, user_id, email, description, price_key, amount, currency, checkout_session_id, status, created_at)',
    count,
    (number) => {
      const { paymentId, sessionId } = paymentIds(number);
      const user = `user-${number % 1_000}`;
      return [paymentId, user, `${user}@example.com`, 'Demo', 'demo', 1999, 'usd', sessionId, 'pending', createdAt];
    },
  );
  await insertMany(database, 'payment_history (payment_id, seq, to_status, cause, at)', count, (number) => [
    paymentIds(number).paymentId,
    1,
    'pending',
    'checkout started',
    createdAt,
  ]);
}
