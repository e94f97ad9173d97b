import { openPayment } from '../open-payment.js';
import type { TestingApp } from '../testing-app.js';
import type { SeededRandom } from '../seeded-random.js';
import type { AnyEvent, Names } from './generate.js';
import { Env } from '../../../src/config/env.js';
import { CheckoutPayments } from '../../../src/payments/checkout/checkout-payments.service.js';
import { aCheckoutSession, metadataOf } from '../mock-stripe.js';
import type { PaymentScenario } from './payment-scenario.js';

/** The events of some scenarios, each scenario's in its own order, one of each scenario at the same time. */
export async function deliverOneByOne(app: TestingApp, scenarios: readonly AnyEvent[][]): Promise<void> {
  await Promise.all(
    scenarios.map(async (events) => {
      for (const event of events) await app.handle(event);
    }),
  );
}

/** Events that share a transaction at most: a group must be through in two seconds, also on a busy machine. */
const LARGEST_GROUP = 16;

/** The same, several events of each scenario in one transaction, as a busy app handles them. */
export async function deliverInGroups(
  app: TestingApp,
  scenarios: readonly AnyEvent[][],
  atOnce: number,
): Promise<void> {
  const longest = Math.max(0, ...scenarios.map(({ length }) => length));
  for (let at = 0; at < longest; at += atOnce) {
    const events = scenarios.flatMap((all) => all.slice(at, at + atOnce));
    while (events.length > 0) await app.handleTogether(events.splice(0, LARGEST_GROUP));
  }
}

/** Every event at least once, some twice, in any order. */
export function shuffled(events: readonly AnyEvent[], random: SeededRandom): AnyEvent[] {
  const repeated = events.filter(() => random.chance(0.4));
  return [...events, ...repeated]
    .map((event) => ({ event, place: random.next() }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ event }) => event);
}

/** What this app does at the beginning of a scenario: a row, and a note of its Checkout Session. */
export async function begin({ module }: TestingApp, scenario: PaymentScenario, tag: string): Promise<Names> {
  const { appName } = module.get(Env, { strict: false });
  if (scenario.begun === 'payment link' || scenario.begun === 'another instance') return { tag, appName };
  const checkouts = module.get(CheckoutPayments, { strict: false });
  const { amount, currency } = scenario;
  const request = { userId: `user of ${tag}`, email: 'jenny@example.com', description: 'A thing', priceKey: 'thing' };
  const paymentId = await openPayment(checkouts, { ...request, amount, currency });
  const session = aCheckoutSession({ id: `cs_test_${tag}`, metadata: metadataOf(paymentId) });
  if (scenario.begun === 'noted') await checkouts.note(session, 'checkout opened');
  return { tag, paymentId, appName };
}
