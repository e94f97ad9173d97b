import fc from 'fast-check';
import { DataSource } from 'typeorm';
import { propertyRuns } from '../../../test/support/property-runs.js';
import { SeededRandom } from '../../../test/support/seeded-random.js';
import { begin, deliverOneByOne, deliverInGroups, shuffled } from '../../../test/support/scenarios/run.js';
import { anyScenario, type PaymentScenario } from '../../../test/support/scenarios/payment-scenario.js';
import { flawsOfHistory, storedScenarios, type StoredScenario } from '../../../test/support/scenarios/stored-rows.js';
import { eventsOf } from '../../../test/support/scenarios/events-of-payment.js';
import { testingApp, type TestingApp } from '../../../test/support/testing-app.js';
import { OnPayment, type PaymentHandler, type PaymentTransitionOf } from '../fulfilment/on-payment.js';
import type { PaymentStatus } from '../state/payment-facts.js';

/** The transitions that the fulfilment of each payment was given, by its id. */
const transitions = new Map<string, string[]>();

@OnPayment('settled', 'reversed')
class KeepTransitions implements PaymentHandler<'settled' | 'reversed'> {
  async apply({ payment, to }: PaymentTransitionOf<'settled' | 'reversed'>): Promise<void> {
    transitions.set(payment.id, [...(transitions.get(payment.id) ?? []), to]);
  }
}

const RUNS = propertyRuns(6);
const SCENARIOS_A_RUN = 100;

/** Long on a busy machine; a few seconds else. */
import.meta.jest.setTimeout(RUNS * 30_000);

describe(`${RUNS * SCENARIOS_A_RUN} random scenarios of payments`, () => {
  let app: TestingApp;
  beforeAll(async () => {
    app = await testingApp([KeepTransitions]);
  });
  afterAll(() => app.close());

  it('end in the rows of the right order, whatever order their events come in, and however often', async () => {
    const runs = fc.record({
      scenarios: fc.array(anyScenario, { minLength: SCENARIOS_A_RUN, maxLength: SCENARIOS_A_RUN }),
      order: fc.nat(),
      /** How many events of a scenario share a transaction; 0 is none, which takes longest. */
      together: fc.constantFrom(0, 1, 1, 2, 2, 2, 3, 3, 3, 3),
    });
    let run = 0;
    const seen = new Set<unknown>();
    const property = fc.asyncProperty(runs, async ({ scenarios, order, together }) => {
      const random = new SeededRandom(order);
      const eventsFor = async (prefix: string) => {
        const names = await Promise.all(scenarios.map((scenario, at) => begin(app, scenario, `${prefix}${at}`)));
        return names.map((name, at) => eventsOf(scenarios[at] as PaymentScenario, name));
      };
      const [right, any] = [`right${++run}n`, `any${run}n`];
      await deliverInGroups(app, await eventsFor(right), 1);
      const inAnyOrder = (await eventsFor(any)).map((events) => shuffled(events, random));
      await (together ? deliverInGroups(app, inAnyOrder, together) : deliverOneByOne(app, inAnyOrder));

      const storedOf = (prefix: string) =>
        storedScenarios(
          app.module.get(DataSource),
          prefix,
          scenarios.map((_, at) => `${prefix}${at}`),
        );
      const [expected, found] = [await storedOf(right), await storedOf(any)];
      for (const [at, scenario] of scenarios.entries()) {
        const { rows, history, paymentId } = found[at] as StoredScenario;
        expect({ scenario, ...rows }).toEqual({ scenario, ...expected[at]?.rows });
        const status = rows.payments[0]?.status;
        seen.add(status);
        const flaws = rows.payments.length > 0 ? flawsOfHistory(history, status) : [];
        const transitionFlaws = flawsOfTransitions(transitions.get(paymentId) ?? [], history.at(-1)?.to_status);
        expect({ scenario, flaws, transitionFlaws, history }).toEqual({
          scenario,
          flaws: [],
          transitionFlaws: [],
          history,
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
function flawsOfTransitions(handled: readonly string[], status: string | undefined): string[] {
  const kept = (one: string | undefined) => one === 'paid' || one === 'partially_refunded';
  const alternate = handled.every((to, at) => kept(to) === (at % 2 === 0));
  const last = handled.length > 0 ? kept(handled.at(-1)) : false;
  return alternate && last === kept(status) ? [] : [`${handled.join()}, but it is ${status}`];
}
