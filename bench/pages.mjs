import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { addSession } from './data/browser-session.mjs';
import { addCustomerPayments, lastPage, PAGE_SIZE } from './data/customer-payments.mjs';
import { makeProductDatabase } from './data/product-database.mjs';
import { runFolder } from './processes/folder.mjs';
import { runLoad } from './processes/load.mjs';
import { startServer } from './processes/server.mjs';
import { printContenders } from './report/contenders.mjs';
import { printVerdict, ratios } from './report/verdict.mjs';
import { barePages, productWithStripe } from './servers/index.mjs';
import { startStripe } from './servers/stripe-prices.mjs';

export const about =
  'pages a second, with a session: the shop and the account beside bare Express; and with 100,000 payments';
export const defaults = { rounds: 5, seconds: 3 };

const CONNECTIONS = 16;
/** How long the shop may be without prices after the boot. */
const PRICES_TIMEOUT_MS = 15_000;
const FEW = 100;
const MANY = 100_000;

/**
 * What is measured of each server, in this order; of both products the same, so that both have compiled the same code when the
 * account is compared. The bare one is not asked for the last page: it has no other query there.
 */
const pages = {
  bare: { shop: '/', account: '/account' },
  product: { shop: '/', account: '/account', last: lastPage(FEW) },
  many: { shop: '/', account: '/account', last: lastPage(MANY) },
};

const contenders = {
  bareShop: { what: 'bare Express: the shop' },
  productShop: { what: 'the product: the shop' },
  bareAccount: { what: 'bare Express: the account' },
  productAccount: { what: 'the product: the account, of 100 payments' },
  productLast: { what: 'the product: its last page' },
  manyShop: { what: 'the product: the shop, with 100,000 payments' },
  manyAccount: { what: 'the product: the account, of 100,000 payments' },
  manyLast: { what: 'the product: its last page' },
};

export async function run({ rounds, seconds, profile }) {
  const folder = runFolder();
  const few = await makeShop(join(folder, 'few.db'), FEW);
  const many = await makeShop(join(folder, 'many.db'), MANY);
  console.log(`databases of ${FEW} and ${MANY} payments are made`);
  const stripe = await startStripe();
  const servers = {
    bare: { ...few, server: barePages(few.database) },
    product: { ...few, server: productWithStripe(few.database, stripe.port, profile) },
    many: { ...many, server: productWithStripe(many.database, stripe.port) },
  };
  const reports = Object.fromEntries(Object.keys(contenders).map((name) => [name, []]));
  for (let round = 1; round <= rounds; round++) {
    const bodies = {};
    for (const [name, { server, cookie }] of Object.entries(servers)) {
      bodies[name] = await measure(server, { cookie, seconds, paths: pages[name] }, (page, report) =>
        reports[name + page[0].toUpperCase() + page.slice(1)].push(report),
      );
      console.log(`round ${round} of ${rounds}: ${name} is measured`);
    }
    for (const page of Object.keys(pages.bare)) refuseDifference(page, bodies.bare[page], bodies.product[page]);
  }
  stripe.close();
  print(reports);
}

/** The product's database with one customer's payments and a session. */
async function makeShop(database, payments) {
  let cookie;
  await makeProductDatabase(database, 0, async (opened) => {
    await addCustomerPayments(opened, payments);
    cookie = await addSession(opened);
  });
  return { database, cookie };
}

/** Measures each page of one server. Returns what the pages looked like. */
async function measure(server, { cookie: session, seconds, paths }, onReport) {
  const { port, stop } = await startServer(server);
  const cookie = await visit(port, session);
  const bodies = {};
  for (const [page, path] of Object.entries(paths)) {
    bodies[page] = await bodyOf(port, path, cookie);
    const task = { port, path, cookie, connections: CONNECTIONS, ms: seconds * 1_000 };
    onReport(page, await runLoad('pages', task));
  }
  await stop();
  return bodies;
}

/** Waits until the shop has its prices. Returns the `Cookie` header of a browser that was there before. */
async function visit(port, session) {
  for (const end = Date.now() + PRICES_TIMEOUT_MS; Date.now() < end; await setTimeout(50)) {
    const response = await fetch(`http://127.0.0.1:${port}/`, { headers: { cookie: session } });
    if (!(await response.text()).includes('$19.99')) continue;
    const set = response.headers.getSetCookie().map((line) => line.split(';')[0]);
    return [session, ...set.filter((cookie) => !session.startsWith(cookie.split('=')[0]))].join('; ');
  }
  throw new Error(`The shop had no prices after ${PRICES_TIMEOUT_MS} ms`);
}

async function bodyOf(port, path, cookie) {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers: { cookie } });
  const body = await response.text();
  const shown = body.match(/class="payment"/g)?.length ?? 0;
  const expected = path.startsWith('/account') ? PAGE_SIZE : 0;
  if (!response.ok || shown !== expected) throw new Error(`${path}: ${response.status}, ${shown} payments`);
  return body;
}

/** Both must do the same work: their pages may differ in the CSRF token alone. */
function refuseDifference(page, bare, product) {
  const [ours, theirs] = [product, bare].map((body) => body.replaceAll(/name="_csrf" value="[^"]*"/g, '').split('\n'));
  const at = ours.findIndex((line, index) => line !== theirs[index]);
  if (at >= 0) throw new Error(`The pages of ${page} differ.\nThe product: ${ours[at]}\nbare: ${theirs[at]}`);
}

function print(reports) {
  printContenders(contenders, reports);
  const rates = (name) => reports[name].map(({ perSecond }) => perSecond);
  const of = (what, name, other, target) => printVerdict(what, ratios(rates(name), rates(other)), target);
  of('the shop, of the bare page', 'productShop', 'bareShop', { atLeast: 0.5 });
  of('the account, of the bare page', 'productAccount', 'bareAccount', { atLeast: 0.5 });
  const p50s = (name) => reports[name].map(({ p50Ms }) => p50Ms);
  const times = (what, name, other) => printVerdict(what, ratios(p50s(name), p50s(other)), { atMost: 1.2 });
  times('the account of 100,000 payments, of the time that 100 take', 'manyAccount', 'productAccount');
  times('its last page, of the time that 100 take', 'manyLast', 'productLast');
}
