import fc from 'fast-check';
import { DataSource } from 'typeorm';
import { eventsOf } from '../../../test/support/scenarios/events-of-payment.js';
import { anyScenario } from '../../../test/support/scenarios/payment-scenario.js';
import { begin, deliverAlone, deliverTogether, shuffled } from '../../../test/support/scenarios/run.js';
import {
  flawsOfHistory,
  historyOfScenario,
  paymentIdOf,
  rowsOfScenario,
} from '../../../test/support/scenarios/stored-rows.js';
import { SeededRandom } from '../../../test/support/seeded-random.js';
import { testingApp, type TestingApp } from '../../../test/support/testing-app.js';
import { OnPayment, type PaymentHandler, type PaymentTransitionOf } from '../fulfilment/on-payment.js';
import type { PaymentStatus } from '../state/payment-facts.js';

/** The transitions that each payment's handlers were given. */
const transitions = new Map<string, string[]>();

@OnPayment('settled', 'reversed')
class Telling implements PaymentHandler<'settled' | 'reversed'> {
  async apply({ payment, to }: PaymentTransitionOf<'settled' | 'reversed'>): Promise<void> {
    transitions.set(payment.id, [...(transitions.get(payment.id) ?? []), to]);
  }
}

const RUNS = 40;
const SCENARIOS_A_RUN = 50;

/** Long on a busy machine; a few seconds else. */
import.meta.jest.setTimeout(300_000);

describe(`${RUNS * SCENARIOS_A_RUN} random scenarios of payments`, () => {
  let app: TestingApp;
  beforeAll(async () => {
    app = await testingApp([Telling]);
  });
  afterAll(() => app.close());

  it('end in the rows of the right order, whatever order their events come in, and however often', async () => {
    const runs = fc.record({
      scenarios: fc.array(anyScenario, { minLength: SCENARIOS_A_RUN, maxLength: SCENARIOS_A_RUN }),
      order: fc.nat(),
      /** How many events of a scenario share a transaction; 0 is none. */
      together: fc.nat(3),
    });
    let run = 0;
    const seen = new Set<unknown>();
    const property = fc.asyncProperty(runs, async ({ scenarios, order, together }) => {
      const random = new SeededRandom(order);
      const name = `${++run}`;
      const [right, any] = [`right${name}n`, `any${name}n`];
      const inOrder = await Promise.all(scenarios.map((scenario, at) => begin(app, scenario, `${right}${at}`)));
      await deliverAlone(
        app,
        inOrder.map((names, at) => eventsOf(scenarios[at] ?? never(), names)),
      );
      const inAnyOrder = await Promise.all(scenarios.map((scenario, at) => begin(app, scenario, `${any}${at}`)));
      const delivered = inAnyOrder.map((names, at) => shuffled(eventsOf(scenarios[at] ?? never(), names), random));
      await (together ? deliverTogether(app, delivered, together) : deliverAlone(app, delivered));
      const reading = app.module.get(DataSource);
      for (const [at, scenario] of scenarios.entries()) {
        const [expected, found] = [
          await rowsOfScenario(reading, `${right}${at}`),
          await rowsOfScenario(reading, `${any}${at}`),
        ];
        expect({ scenario, ...found }).toEqual({ scenario, ...expected });
        const history = await historyOfScenario(reading, `${any}${at}`);
        seen.add(found.payments[0]?.status);
        const flaws = found.payments.length > 0 ? flawsOfHistory(history, found.payments[0]?.status) : [];
        expect({ scenario, flaws, history }).toEqual({ scenario, flaws: [], history });
        const given = transitions.get(await paymentIdOf(reading, `${any}${at}`)) ?? [];
        expect({ scenario, flaws: flawsOfTransitions(given, history.at(-1)?.to_status) }).toEqual({
          scenario,
          flaws: [],
        });
      }
    });
    await fc.assert(property, { numRuns: RUNS, endOnFailure: true });
    expect([...seen]).toEqual(expect.arrayContaining(EVERY_STATUS));
  });
});

const EVERY_STATUS: PaymentStatus[] = [
  'pending',
  'processing',
  'paid',
  'partially_refunded',
  'refunded',
  'disputed',
  'failed',
  'expired',
];

/** Settled and reversed alternate, beginning with settled, and the last one is what the payment is now. */
function flawsOfTransitions(delivered: readonly string[], status: string | undefined): string[] {
  const kept = (one: string | undefined) => one === 'paid' || one === 'partially_refunded';
  const alternate = delivered.every((to, at) => kept(to) === (at % 2 === 0));
  const last = delivered.length > 0 ? kept(delivered.at(-1)) : false;
  return alternate && last === kept(status) ? [] : [`${delivered.join()}, but it is ${status}`];
}

function never(): never {
  throw new Error('There are as many names as scenarios.');
}
