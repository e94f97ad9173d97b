// Payments at the local Stripe, and how long they and its lists take when there are few and when there are many.
// Argument: the task as JSON.
import { readFileSync } from 'node:fs';
import { percentile } from '../report/statistics.mjs';
import { Buyer } from './buyer.mjs';
import { EventSink } from './event-sink.mjs';

const AT_ONCE = 8;
/** How many payments, and how many calls of each list, are timed. */
const TIMED = 100;
const PAGE_BYTES = 4096;
/** Event types that the endpoint subscribes to: two of a payment's six. */
const WANTED = ['checkout.session.completed', 'charge.succeeded'];

process.once('disconnect', () => process.exit(1));
const { port, pid, sizes } = JSON.parse(process.argv[2]);
const buyer = new Buyer(port);
const sink = new EventSink();
const url = await sink.listen();
await buyer.post(
  '/v1/webhook_endpoints',
  Object.fromEntries([['url', url], ...WANTED.map((type, index) => [`enabled_events[${index}]`, type])]),
);

const first = await buyer.pay();
let made = 1;
const began = performance.now();
const reports = [];
for (const size of sizes) {
  await payUntil(size);
  const memoryBytes = residentBytes();
  const payments = await timed(() => pay());
  await sink.has(made * WANTED.length);
  reports.push({ size, memoryBytes, payments, lists: await timeLists() });
}
const seconds = (performance.now() - began) / 1_000;
buyer.close();
sink.close();
process.send({ reports, made, events: sink.received, seconds }, () => process.exit(0));

async function pay() {
  made++;
  await buyer.pay();
}

/** Eight customers at once, and then every event has come. */
async function payUntil(size) {
  const customer = async () => {
    while (made < size) await pay();
  };
  await Promise.all(Array.from({ length: AT_ONCE }, customer));
  await sink.has(made * WANTED.length);
}

async function timeLists() {
  const { payment_intent: intent } = await buyer.get(`/v1/checkout/sessions/${first}`);
  const pages = {
    'the newest 100 payments': '/v1/payment_intents?limit=100',
    'the page before the first payment': `/v1/payment_intents?limit=100&ending_before=${intent}`,
    'a session by its payment': `/v1/checkout/sessions?payment_intent=${intent}`,
    'the newest 100 events of a type': '/v1/events?limit=100&type=charge.succeeded',
  };
  const times = {};
  for (const [what, path] of Object.entries(pages)) times[what] = await timed(() => buyer.get(path));
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
