// Subscriptions at the local Stripe: a simulated year of them, and its lists when there are few and when there are many.
// Argument: the task as JSON.
import { readFileSync } from 'node:fs';
import { percentile } from '../report/statistics.mjs';
import { Buyer } from './buyer.mjs';

const AT_ONCE = 8;
/** How often each list is timed. */
const TIMED = 100;
const PAGE_BYTES = 4096;
/** How far the clock is moved in one call; a year, with a few days for its last invoices, is this many of them; a month six. */
const STEP_DAYS = 5;
const STEPS = 74;
const STEPS_A_MONTH = 6;
/** Renewals of a monthly subscription in a year. */
const RENEWALS = 12;
/** Of how many subscriptions every invoice is looked up afterwards. */
const CHECKED = 100;

process.once('disconnect', () => process.exit(1));
const { port, pid, few, many } = JSON.parse(process.argv[2]);
const seller = new Buyer(port);
const price = await seller.post('/v1/prices', {
  currency: 'usd',
  unit_amount: '1500',
  'recurring[interval]': 'month',
  'product_data[name]': 'Benchmark',
});
const subscriptions = [];

await subscribeUntil(few);
await move(STEPS_A_MONTH + 1);
const listsOfFew = await timeLists();

const began = performance.now();
await subscribeUntil(many);
const createdAfterSeconds = secondsSince(began);
const memoryBytes = [];
for (let step = 0; step < STEPS; step++) {
  await move(1);
  if (step % STEPS_A_MONTH === STEPS_A_MONTH - 1) {
    memoryBytes.push(residentBytes());
    console.log(`month ${memoryBytes.length}: ${secondsSince(began).toFixed(0)} s, ${toMiB(memoryBytes.at(-1))} MiB`);
  }
}
const seconds = secondsSince(began);
await check();
const report = { createdAfterSeconds, seconds, memoryBytes, listsOfFew, listsOfMany: await timeLists() };
seller.close();
process.send({ ...report, invoices: (many - few) * (RENEWALS + 1) + few * RENEWALS }, () => process.exit(0));

async function subscribeUntil(count) {
  let begun = subscriptions.length;
  const customer = async () => {
    while (begun++ < count) subscriptions.push(await subscribe());
  };
  await Promise.all(Array.from({ length: AT_ONCE }, customer));
}

async function subscribe() {
  const { id } = await seller.post('/v1/customers', {
    email: 'ada@example.com',
    payment_method: 'pm_card_visa',
    'invoice_settings[default_payment_method]': 'pm_card_visa',
  });
  return seller.post('/v1/subscriptions', { customer: id, 'items[0][price]': price.id });
}

async function move(steps) {
  for (let step = 0; step < steps; step++) await seller.post('/_sandbox/clock', { advance: `${STEP_DAYS}d` });
}

/** Every one looked at was billed for the whole year, once a month, and all is paid. */
async function check() {
  const every = Math.ceil((subscriptions.length - few) / CHECKED);
  for (let index = few; index < subscriptions.length; index += every) {
    const { id } = subscriptions[index];
    const { data } = await seller.get(`/v1/invoices?limit=100&subscription=${id}`);
    const paid = data.filter(({ status, amount_paid: amount }) => status === 'paid' && amount === 1500);
    if (paid.length !== RENEWALS + 1 || data.length !== paid.length)
      throw new Error(`${id} has ${data.length} invoices, of which ${paid.length} are paid`);
  }
}

async function timeLists() {
  const { id, customer } = subscriptions[0];
  const pages = {
    'the newest 100 invoices': '/v1/invoices?limit=100',
    'the invoices of a subscription': `/v1/invoices?subscription=${id}&limit=10`,
    'the open invoices': '/v1/invoices?status=open&limit=100',
    'the newest 100 subscriptions': '/v1/subscriptions?limit=100',
    'the subscriptions of a customer': `/v1/subscriptions?customer=${customer}`,
    'the paid invoices of a customer': `/v1/invoices?customer=${customer}&status=paid`,
    'the active subscriptions of a customer': `/v1/subscriptions?customer=${customer}&status=active`,
    'the newest 100 events of a type': '/v1/events?limit=100&type=invoice.paid',
  };
  const times = {};
  for (const [what, path] of Object.entries(pages)) times[what] = await timed(() => seller.get(path));
  return times;
}

/** In ms, the median of so many calls one after the other. */
async function timed(call) {
  const times = [];
  for (let turn = 0; turn < TIMED; turn++) {
    const start = performance.now();
    await call();
    times.push(performance.now() - start);
  }
  return percentile(
    times.toSorted((a, b) => a - b),
    50,
  );
}

/** Of the server's memory, what is in RAM: the second number of statm. Undefined where there is no /proc. */
function residentBytes() {
  try {
    return Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * PAGE_BYTES;
  } catch {
    return undefined;
  }
}

function secondsSince(start) {
  return (performance.now() - start) / 1_000;
}

function toMiB(bytes) {
  return bytes === undefined ? 'unknown' : Math.round(bytes / 2 ** 20);
}
