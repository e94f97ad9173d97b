import fc from 'fast-check';
import { DataSource } from 'typeorm';
import { propertyRuns } from '../../../test/support/property-runs.js';
import { begin, deliverInGroups } from '../../../test/support/scenarios/run.js';
import {
  anyScenario,
  type DisputeStep,
  type PaymentScenario,
} from '../../../test/support/scenarios/payment-scenario.js';
import { flawsOfHistory, storedScenarios, type StoredScenario } from '../../../test/support/scenarios/stored-rows.js';
import { inPages, objectsAtStripe } from '../../../test/support/scenarios/objects-at-stripe.js';
import { isPaid, generateEvents } from '../../../test/support/scenarios/events-of-payment.js';
import { testingApp, type TestingApp } from '../../../test/support/testing-app.js';
import { Reconcile } from './reconcile.service.js';

const RUNS = propertyRuns(2);
const SCENARIOS_A_RUN = 200;
const since = new Date(1_794_000_000_000);

/** Long on a busy machine. */
import.meta.jest.setTimeout(RUNS * 90_000);

describe(`${RUNS * SCENARIOS_A_RUN} random scenarios of payments of which no event came`, () => {
  let app: TestingApp;
  beforeAll(async () => {
    app = await testingApp();
  });
  afterAll(() => app.close());

  /** Begins these scenarios here, and gives Stripe's lists what became of them. */
  const openAtStripe = async (scenarios: readonly PaymentScenario[], tag: string) => {
    const names = await Promise.all(scenarios.map((scenario, at) => begin(app, scenario, `${tag}${at}`)));
    const generated = names.map((name, at) => generateEvents(scenarios[at] as PaymentScenario, name));
    const { sessions, refunds, disputes } = objectsAtStripe(generated);
    app.stripe.checkoutSessionsSince.mockImplementation(() => inPages(sessions));
    app.stripe.refundsSince.mockImplementation(() => inPages(refunds));
    app.stripe.disputesSince.mockImplementation(() => inPages(disputes));
    return generated;
  };
  const reconcile = (repair: boolean) =>
    app.module.get(Reconcile, { strict: false }).run({ since, repair, progress: () => undefined });

  it('are brought in whole by a repair: the rows that the events would have made, and then no difference', async () => {
    let run = 0;
    // Of an open checkout that was not noted no event tells; a list does.
    const anyListed = anyScenario
      .map((scenario) => (scenario.checkout === 'left open' ? { ...scenario, begun: 'noted' as const } : scenario))
      .map((scenario) => ({ ...scenario, later: scenario.later.map(asListsTell) }));
    const scenarios = fc.array(anyListed, { minLength: SCENARIOS_A_RUN, maxLength: SCENARIOS_A_RUN });
    const property = fc.asyncProperty(scenarios, async (some) => {
      const [known, lost] = [`known${++run}n`, `lost${run}n`];
      const withEvents = await openAtStripe(some, known);
      await deliverInGroups(
        app,
        withEvents.map(({ events }) => events),
        1,
      );
      await openAtStripe(some, lost);

      const before = await reconcile(false);
      expect(before.remaining).toBe(before.differences.length);
      expect(await reconcile(false)).toEqual(before); // looking changes nothing
      const repaired = await reconcile(true);
      expect(repaired).toMatchObject({ remaining: 0 });
      expect(repaired.differences.length).toBeGreaterThanOrEqual(before.differences.length);
      expect((await reconcile(false)).differences).toEqual([]);

      const storedOf = (prefix: string) =>
        storedScenarios(
          app.module.get(DataSource),
          prefix,
          some.map((_, at) => `${prefix}${at}`),
        );
      const [expected, found] = [await storedOf(known), await storedOf(lost)];
      for (const [at, scenario] of some.entries()) {
        const { rows, history } = found[at] as StoredScenario;
        const should = withoutMoments(scenario, (expected[at] as StoredScenario).rows);
        const are = withoutMoments(scenario, rows);
        expect({ scenario, ...are }).toEqual({ scenario, ...should });
        const flaws = are.payments[0] ? flawsOfHistory(history, are.payments[0].status, { once: false }) : [];
        expect({ scenario, flaws }).toEqual({ scenario, flaws: [] });
      }
    });
    await fc.assert(property, { numRuns: RUNS, endOnFailure: true });
  });
});

/** Where the state does not say what became of the money, only the dispute's balance transactions do; Stripe lists them. */
const asListsTell = (step: PaymentScenario['later'][number]): PaymentScenario['later'][number] =>
  'dispute' in step && TOLD_BY_BALANCE.has(step.dispute) ? { ...step, isBooked: true } : step;

const TOLD_BY_BALANCE = new Set<DisputeStep['dispute']>([
  'inquiry that took money',
  'reinstated under a word that nobody knows',
  'lost, and a part given back',
  'won, and withdrawn again',
]);

type Rows = StoredScenario['rows'];
type Row = Rows['payments'][number];

/** The rows but for what only events tell: when things were so, and what came before. */
function withoutMoments(scenario: PaymentScenario, { payments, refunds, disputes, charges }: Rows): Rows {
  const whether = (row: Row, names: string[]) =>
    Object.fromEntries(names.map((name) => [name, row[name] === null ? null : 'known']));
  return {
    payments: payments.map(({ processing_at: _was, ...row }) => ({
      ...row,
      ...whether(row, ['settled_at', 'failed_at', 'expired_at']),
    })),
    refunds: refunds.map(({ status_at: _when, ...row }) => row),
    disputes: disputes.map(({ status_at: _when, due_by: _until, reinstated_at: _back, ...row }) => ({
      ...row,
      ...whether(row, ['withdrawn_at']),
    })),
    charges: payments.length === 0 ? [] : charges.map(isPaid(scenario) || scenario.inOneSecond ? receiptOf : codeOf),
  };
}

/** The highest sum is of a moment; a decline is forgotten once somebody has paid. Of a payment that is not ours, neither counts. */
const receiptOf = ({ receipt_url: url }: Row): Row => ({ receipt_url: url ?? null });
/** Within one second, events do not tell which decline was the last. */
const codeOf = ({ decline_code: code }: Row): Row => ({ decline_code: code ?? null });
