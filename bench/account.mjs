import { join } from 'node:path';
import { insertMany } from './data/insert-many.mjs';
import { makeProductDatabase } from './data/product-database.mjs';
import { runFolder } from './processes/folder.mjs';
import { startServer } from './processes/server.mjs';
import { median, percentile } from './report/statistics.mjs';
import { printTable } from './report/table.mjs';
import { printVerdict, ratios } from './report/verdict.mjs';
import { product } from './servers/index.mjs';

export const about = "a customer's account page, with 100 payments and with 100,000";
export const defaults = { rounds: 3, seconds: 3 };

const FEW = 100;
const MANY = 100_000;
/** Who everybody is while the stub user is in place. */
const CUSTOMER = 'customer@example.com';
const NEWEST = 1_795_000_000_000;
const WARM_UP_REQUESTS = 50;
/** How far from its end the last page is that is asked for. */
const A_PAGE = 20;

export async function run({ rounds, seconds, profile }) {
  const folder = runFolder();
  const contenders = [];
  for (const count of [FEW, MANY]) {
    const database = join(folder, `bench-${count}.db`);
    await makeProductDatabase(database, 0, (opened) => addPayments(opened, count));
    for (const [what, path] of [
      ['first page', '/account'],
      ['last page', `/account?after=${cursorOf(count - A_PAGE - 1)}`],
    ])
      contenders.push({ what: `${count} payments, ${what}`, database, path, p50s: [], p99s: [] });
  }
  for (let round = 0; round < rounds; round++)
    for (const contender of contenders) {
      const times = await measure(contender, seconds, profile);
      contender.p50s.push(median(times));
      contender.p99s.push(percentile(times, 99));
    }
  printTable(contenders);
  const [fewFirst, fewLast, manyFirst, manyLast] = contenders.map(({ p50s }) => p50s);
  printVerdict('first page, of the time that 100 payments take', ratios(manyFirst, fewFirst), { atMost: 1.2 });
  printVerdict('last page, of the time that 100 payments take', ratios(manyLast, fewLast), { atMost: 1.2 });
}

/** Asks for the page again and again, as one customer does. Gives the times in ms, the shortest first. */
async function measure({ database, path }, seconds, profile) {
  const { port, stop } = await startServer(product(database, profile));
  const url = `http://127.0.0.1:${port}${path}`;
  const first = await fetch(url);
  if (!first.ok) throw new Error(`${url} answered ${first.status}`);
  const shown = (await first.text()).match(/class="payment"/g)?.length;
  if (shown !== A_PAGE) throw new Error(`${url} shows ${shown} payments`);
  const cookie = first.headers.getSetCookie().map((line) => line.split(';')[0]);
  const ask = async () => {
    const begun = performance.now();
    const answer = await fetch(url, { headers: { cookie: cookie.join('; ') } });
    await answer.arrayBuffer();
    return performance.now() - begun;
  };
  for (let request = 0; request < WARM_UP_REQUESTS; request++) await ask();
  const times = [];
  for (const end = performance.now() + seconds * 1_000; performance.now() < end;) times.push(await ask());
  await stop();
  return times.toSorted((a, b) => a - b);
}

const idOf = (number) => `bench-payment-${String(number).padStart(8, '0')}`;
/** The newest has the number 0. */
const timeOf = (number) => NEWEST - number * 1_000;

/** Where the page ends whose last payment this is: as `payments/reading/payment-cursor.ts` writes it. */
const cursorOf = (number) => Buffer.from(`${timeOf(number)}_${idOf(number)}`).toString('base64url');

/** All of one customer; every tenth is refunded in part, and every hundredth was disputed. */
async function addPayments(database, count) {
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
