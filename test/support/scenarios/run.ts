import { openPayment } from '../open-payment.js';
import type { TestingApp } from '../testing-app.js';
import type { SeededRandom } from '../seeded-random.js';
import type { AnyEvent, Names } from './generate.js';
import { Env } from '../../../src/config/env.js';
import { CheckoutPayments } from '../../../src/payments/checkout/checkout-payments.service.js';
import { aCheckoutSession, metadataOf } from '../mock-stripe.js';
import type { PaymentScenario } from './payment-scenario.js';

/** The events of some lives, each life's in its own order, one of each life at the same time. */
export async function deliverAlone(app: TestingApp, lives: readonly AnyEvent[][]): Promise<void> {
  await Promise.all(
    lives.map(async (events) => {
      for (const event of events) await app.handle(event);
    }),
  );
}

/** The same, several events of each life in one transaction, as a busy app handles them. */
export async function deliverTogether(app: TestingApp, lives: readonly AnyEvent[][], atOnce: number): Promise<void> {
  const longest = Math.max(0, ...lives.map(({ length }) => length));
  for (let at = 0; at < longest; at += atOnce)
    await app.handleTogether(lives.flatMap((events) => events.slice(at, at + atOnce)));
}

/** Every event at least once, some twice, in any order. */
export function shuffled(events: readonly AnyEvent[], random: SeededRandom): AnyEvent[] {
  const repeated = events.filter(() => random.chance(0.4));
  return [...events, ...repeated]
    .map((event) => ({ event, place: random.next() }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ event }) => event);
}

/** What this app does at the beginning of a life: a row, and a note of its Checkout Session. */
export async function begin({ module }: TestingApp, life: PaymentScenario, tag: string): Promise<Names> {
  const { appName } = module.get(Env, { strict: false });
  if (life.begun === 'payment link' || life.begun === 'another instance') return { tag, appName };
  const checkouts = module.get(CheckoutPayments, { strict: false });
  const { amount, currency } = life;
  const wish = { userId: 'jenny', email: 'jenny@example.com', description: 'A thing', priceKey: 'thing' };
  const paymentId = await openPayment(checkouts, { ...wish, amount, currency });
  const session = aCheckoutSession({ id: `cs_test_${tag}`, metadata: metadataOf(paymentId) });
  if (life.begun === 'noted') await checkouts.note(session, 'checkout opened');
  return { tag, paymentId, appName };
}
