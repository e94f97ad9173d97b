import { join } from 'node:path';
import { makeProductDatabase } from './data/product-database.mjs';
import { addSubscriptions, ownerOf } from './data/subscriptions.mjs';
import { runFolder } from './processes/folder.mjs';
import { printFigure, printVerdict, ratios } from './report/verdict.mjs';

export const about =
  'with 100,000 subscriptions: whether an owner has a feature, their account page, and what is due by the time';
export const defaults = { rounds: 5 };

const FEW = 100;
const MANY = 100_000;
const QUESTIONS = 10_000;
/** Account pages whose content is read in a round. */
const ACCOUNTS = 500;
/** Subscriptions that end in a round. */
const DUE = 10;
const SECOND_MS = 1_000;

export async function run({ rounds }) {
  const folder = runFolder();
  const few = await openShop(join(folder, 'few.db'), FEW, rounds);
  const many = await openShop(join(folder, 'many.db'), MANY, rounds);
  const shops = { few, many };
  const figures = { few: noFigures(), many: noFigures() };
  for (let round = 0; round <= rounds; round++) {
    for (const [name, shop] of Object.entries(shops)) {
      const result = await measure(shop, round);
      // The first round compiles the code and fills the caches.
      if (round > 0) for (const [what, value] of Object.entries(result)) figures[name][what].push(value);
    }
  }
  for (const { app } of Object.values(shops)) await app.close();
  console.log('');
  printFigure(`ms to ask for a feature, of ${FEW} subscriptions`, figures.few.has);
  printVerdict(`ms to ask for a feature, of ${MANY}`, figures.many.has, { atMost: 1 });
  printFigure('the one of the other', ratios(figures.many.has, figures.few.has));
  printFigure(`ms to read an account page, of ${FEW} subscriptions`, figures.few.account);
  printVerdict(`the same of ${MANY}, of that`, ratios(figures.many.account, figures.few.account), { atMost: 1.5 });
  printFigure(`ms for ${DUE} subscriptions that end, of ${FEW}`, figures.few.due);
  printVerdict(`the same of ${MANY}, of that`, ratios(figures.many.due, figures.few.due), { atMost: 2 });
  printVerdict(`ms where nothing is due, of ${MANY}`, figures.many.idle, { atMost: 5 });
}

const noFigures = () => ({ has: [], account: [], due: [], idle: [] });

/** The app's services on a database with subscriptions. In each round `DUE` more of them end. */
async function openShop(database, count, rounds) {
  const first = Date.now() + 3_600_000;
  await makeProductDatabase(database, 0, async (opened) => {
    await addSubscriptions(opened, count, { first, due: DUE, rounds: rounds + 1, everyMs: SECOND_MS });
  });
  const { NestFactory } = await import('@nestjs/core');
  const parts = await Promise.all(
    [
      'app.module.js',
      'config/development.js',
      'config/env.js',
      'http/texts/texts.js',
      'payments/account/account-sections.js',
      'payments/account/payment-reader.service.js',
      'payments/store/payment-owner.js',
      'subscriptions/access/access-timer.service.js',
      'subscriptions/access/entitlements.service.js',
      'time/clock.js',
    ].map((file) => import(`../dist/${file}`)),
  );
  const {
    AccessTimer,
    AccountSections,
    AppModule,
    Clock,
    english,
    EntitlementsService,
    loadEnv,
    ownersOf,
    PaymentReader,
    withSandbox,
  } = Object.assign({}, ...parts);
  const env = withSandbox(loadEnv({ NODE_ENV: 'test', DATABASE_URL: `sqlite:${database}` }, '/nowhere/.env'), {
    url: 'http://127.0.0.1:1',
  });
  const app = await NestFactory.createApplicationContext(AppModule.forRoot(env), { logger: false });
  const get = (service) => app.get(service, { strict: false });
  const timer = get(AccessTimer);
  timer.reader = { readNow: async () => 'stored' }; // what is measured is the time's work here, not Stripe's answer
  /** Reads what the account page of an owner shows: payments, and the plan. */
  const account = async ({ id }) => {
    const user = { id, email: `${id}@example.com` };
    await get(PaymentReader).page(ownersOf(user));
    return get(AccountSections).load(user, english);
  };
  const ending = DUE * (rounds + 1);
  return { app, count, ending, first, clock: get(Clock), timer, account, entitlements: get(EntitlementsService) };
}

async function measure({ count, ending, first, clock, timer, account, entitlements }, round) {
  clock.now = () => new Date(first + round * SECOND_MS);
  const due = await timeOf(() => timer.runDue(), DUE);
  const idle = await timeOf(() => timer.runDue(), 0);
  const began = performance.now();
  let held = 0;
  for (let nth = 0; nth < QUESTIONS; nth++) if (await entitlements.has(ownerOf((nth * 7_919) % count), 'pro')) held++;
  const has = (performance.now() - began) / QUESTIONS;
  if (held === 0 || held === QUESTIONS) throw new Error(`${held} of ${QUESTIONS} have the feature`);
  return { has, account: await timeOfAccounts(account, ending, count), due, idle };
}

/** Ms for one account page, of owners whose subscription ends in no round. */
async function timeOfAccounts(account, ending, count) {
  const began = performance.now();
  for (let nth = 0; nth < ACCOUNTS; nth++) {
    const { plans } = await account(ownerOf(ending + ((nth * 7_919) % (count - ending))));
    if (plans.length !== 1) throw new Error(`An account shows ${plans.length} plans instead of one`);
  }
  return (performance.now() - began) / ACCOUNTS;
}

/** Ms for a run of the timer that changes so many. */
async function timeOf(work, expected) {
  const began = performance.now();
  const changed = await work();
  if (changed !== expected) throw new Error(`${changed} subscriptions ended instead of ${expected}`);
  return performance.now() - began;
}
