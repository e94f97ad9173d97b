import { insertMany } from './insert-many.mjs';

/** The id and the address of the stub user. */
export const CUSTOMER = 'customer@example.com';
/** Payments on one page of the account. */
export const PAGE_SIZE = 20;
const NEWEST = 1_795_000_000_000;

const idOf = (number) => `bench-payment-${String(number).padStart(8, '0')}`;
/** The newest has the number 0. */
const timeOf = (number) => NEWEST - number * 1_000;

/** The path of the account's last page, of so many payments. */
export const lastPage = (count) => `/account?after=${cursorOf(count - PAGE_SIZE - 1)}`;

/** The cursor of the page after this payment, in the product's format: base64url of `<created ms>_<id>`. */
const cursorOf = (number) => Buffer.from(`${timeOf(number)}_${idOf(number)}`).toString('base64url');

/** Adds payments of one customer; every tenth is refunded in part, and every hundredth was disputed. */
export async function addCustomerPayments(database, count) {
  await insertMany(
    database,
    'payments (id, user_id, email, description, price_key, amount, currency, checkout_session_id, payment_intent_id, settled_at, status, created_at)',
    count,
    (number) => {
      const at = timeOf(number);
      const [id, session, intent] = [idOf(number), `cs_test_bench${number}`, `pi_bench${number}`];
      return [id, CUSTOMER, CUSTOMER, 'Demo', 'demo', 1999, 'usd', session, intent, at, 'paid', at];
    },
  );
  const columns = 'id, payment_id, payment_intent_id, amount, status, created_at';
  await insertMany(database, `refunds (${columns})`, count / 10, (nth) => {
    const number = nth * 10;
    return [`re_bench${number}`, idOf(number), `pi_bench${number}`, 500, 'succeeded', timeOf(number)];
  });
  const disputed = 'id, payment_id, payment_intent_id, amount, currency, reason, status, status_at, created_at';
  await insertMany(database, `disputes (${disputed})`, count / 100, (nth) => {
    const [number, at] = [nth * 100, timeOf(nth * 100)];
    return [`dp_bench${number}`, idOf(number), `pi_bench${number}`, 1999, 'usd', 'fraudulent', 'won', at, at];
  });
}
