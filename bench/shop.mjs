import { createServer } from 'node:http';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { runFolder } from './processes/folder.mjs';
import { startServer } from './processes/server.mjs';
import { median } from './report/statistics.mjs';
import { printTable } from './report/table.mjs';
import { printVerdict } from './report/verdict.mjs';
import { product } from './servers/index.mjs';

export const about = "the shop's page, in every state of Stripe";
export const defaults = { rounds: 1, seconds: 3 };

const WARM_UP_REQUESTS = 10;
const MAX_ANSWER_MS = 50;
const JSON_TYPE = { 'content-type': 'application/json' };

/** What Stripe does with each call. */
const STATES = {
  works: answerPrices,
  'is slow (2 s)': (asked, answer) => setTimeout(2_000).then(() => answerPrices(asked, answer)),
  hangs: () => undefined,
  'answers 500': (_, answer) => answer.writeHead(500).end('{}'),
  'answers 429': (_, answer) => answer.writeHead(429).end('{}'),
  'resets the connection': (_, answer) => answer.socket.destroy(),
};

/** Asks for the page again and again, one request at a time, with a Stripe that never was in another state. */
export async function run({ rounds, seconds }) {
  const contenders = Object.keys(STATES).map((state) => ({ what: `Stripe ${state}`, state, p50s: [], longest: [] }));
  for (let round = 0; round < rounds; round++)
    for (const contender of contenders) {
      const times = await measure(STATES[contender.state], seconds);
      contender.p50s.push(median(times));
      contender.longest.push(times.at(-1));
    }
  printTable(contenders);
  for (const { what, longest } of contenders)
    printVerdict(`longest answer while ${what}`, longest, { atMost: MAX_ANSWER_MS, unit: ' ms' });
}

async function measure(state, seconds) {
  const stripe = createServer((asked, answer) => void state(asked, answer));
  await new Promise((resolve) => stripe.listen(0, '127.0.0.1', resolve));
  const describe = product(join(runFolder(), 'shop.db'));
  const { port, stop } = await startServer((at) => {
    const { env, ...rest } = describe(at);
    // Production talks to Stripe itself.
    const elsewhere = { NODE_ENV: 'test', STRIPE_API_BASE: `http://127.0.0.1:${stripe.address().port}` };
    return { ...rest, env: { ...env, ...elsewhere } };
  }).finally(() => stripe.unref());
  const ask = async () => {
    const begun = performance.now();
    const answer = await fetch(`http://127.0.0.1:${port}/`);
    if (!answer.ok) throw new Error(`The shop answered ${answer.status}`);
    await answer.arrayBuffer();
    return performance.now() - begun;
  };
  const end = performance.now() + seconds * 1_000;
  for (let request = 0; request < WARM_UP_REQUESTS && performance.now() < end; request++) await ask();
  const times = [];
  do times.push(await ask());
  while (performance.now() < end);
  await stop();
  stripe.closeAllConnections();
  stripe.close();
  return times.toSorted((a, b) => a - b);
}

/** The demo product's price, as the app looks for it. What brings a catalog to Stripe is refused. */
function answerPrices({ method, url }, answer) {
  if (method !== 'GET' || !url.startsWith('/v1/prices?'))
    return answer.writeHead(400, JSON_TYPE).end('{"error":{"type":"invalid_request_error","message":"prices alone"}}');
  const price = {
    id: 'price_bench',
    object: 'price',
    lookup_key: 'nest_stripe_billing_demo',
    unit_amount: 1999,
    currency: 'usd',
    active: true,
  };
  answer
    .writeHead(200, JSON_TYPE)
    .end(JSON.stringify({ object: 'list', data: [price], has_more: false, url: '/v1/prices' }));
}
