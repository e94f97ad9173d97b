import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { runFolder } from './processes/folder.mjs';
import { startServer } from './processes/server.mjs';
import { median } from './report/statistics.mjs';
import { printTable } from './report/table.mjs';
import { printVerdict } from './report/verdict.mjs';
import { productWithStripe } from './servers/index.mjs';
import { answerPrices, startStripe } from './servers/stripe-prices.mjs';

export const about = "the shop's page, in every state of Stripe";
export const defaults = { rounds: 1, seconds: 3 };

const WARM_UP_REQUESTS = 10;
const MAX_ANSWER_MS = 50;

/** What Stripe does with each call. */
const STATES = {
  works: answerPrices,
  'is slow (2 s)': (request, response) => setTimeout(2_000).then(() => answerPrices(request, response)),
  hangs: () => undefined,
  'answers 500': (_, response) => response.writeHead(500).end('{}'),
  'answers 429': (_, response) => response.writeHead(429).end('{}'),
  'resets the connection': (_, response) => response.socket.destroy(),
};

/** Requests the page again and again, one at a time; Stripe is in the same state from the start. */
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
  const stripe = await startStripe(state);
  const { port, stop } = await startServer(productWithStripe(join(runFolder(), 'shop.db'), stripe.port));
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
  stripe.close();
  return times.toSorted((a, b) => a - b);
}
