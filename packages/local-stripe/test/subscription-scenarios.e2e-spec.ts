import fc from 'fast-check';
import { startSandbox, type RunningSandbox } from '../src/index.js';
import { propertyRuns } from '../../../test/support/property-runs.js';
import { SEED } from '../../../test/support/seeded-random.js';
import { call as plainCall } from './contract/client.js';
import { expectBalancedBooks, expectEachPeriodOnce } from './scenarios/books.js';
import { historyOf, withoutIds, type History } from './scenarios/history.js';
import type { Call, Json } from './scenarios/calls.js';
import { expectPausesKept } from './scenarios/pauses.js';
import { Run, type World } from './scenarios/run.js';
import { scenarios, type Scenario } from './scenarios/scenario.js';
import { expectSchedulesFollowed } from './scenarios/schedules.js';
import { sdkCall } from './scenarios/sdk-call.js';
import { expectTaxesByTheirRates } from './scenarios/taxes.js';
import { control } from './support/control.js';

const seed = SEED ?? Math.ceil(Math.random() * 2 ** 31);
/** In a thorough run, of `THOROUGH=20`: 600. */
const RUNS = Math.ceil(propertyRuns(30));
const SDK_RUNS = Math.ceil(propertyRuns(3));
const MINUTES = 60_000 * Math.max(5, Math.ceil(RUNS / 10));

describe('random subscriptions over random years', () => {
  const realNow = Date.now;
  let sandbox: RunningSandbox;
  let plain: Call;

  beforeAll(async () => {
    process.stderr.write(`subscription scenarios: SEED=${seed}\n`);
    sandbox = await startSandbox({ port: 0, stateFile: ':memory:', log: (line) => logged.push(line) });
    plain = (method, path, params = {}) => plainCall(sandbox.url, method, path, params);
  });
  afterEach(() => {
    Date.now = realNow;
  });
  afterAll(() => sandbox.close());

  const logged: string[] = [];

  /** An empty server; the machine's clock stands still at the start, so that only `moveClock` moves it. */
  async function emptied(call: Call, scenario: Scenario): Promise<World> {
    Date.now = () => scenario.startsAt * 1000;
    await sandbox.reset();
    return {
      call,
      moveClock: (byMs) => sandbox.moveClock(byMs),
      settings: async (change) => {
        const { status, body } = await control(sandbox).post('/settings', change);
        expect({ status, body }).toMatchObject({ status: 200 });
      },
    };
  }

  async function play(call: Call, scenario: Scenario, fine: boolean): Promise<{ history: History; compared: Json }> {
    const world = await emptied(call, scenario);
    const run = new Run(world, scenario, fine);
    await run.play();
    const history = await historyOf(call, run.customer);
    expect(logged).toEqual([]);
    return { history, compared: withoutIds(history, run.answers) };
  }

  async function hold(call: Call, scenario: Scenario): Promise<void> {
    logged.length = 0;
    const { history, compared } = await play(call, scenario, false);
    expectBalancedBooks(history);
    expectEachPeriodOnce(history);
    expectTaxesByTheirRates(history);
    expectPausesKept(history);
    expectSchedulesFollowed(history);
    const fine = await play(call, scenario, true);
    expect(fine.compared).toEqual(compared);
  }

  /**
   * Plays that many scenarios. After the time those that are left are not begun, which is reported; none is broken off, since it
   * would go on beside the next test, on the same server.
   */
  async function holdAll(call: Call, runs: number, from: number): Promise<void> {
    const until = realNow() + MINUTES;
    let left = 0;
    const property = fc.asyncProperty(scenarios, async (scenario) => {
      if (realNow() < until) await hold(call, scenario);
      else left++;
    });
    await fc.assert(property, { numRuns: runs, seed: from, endOnFailure: process.env.SHRINK !== 'true' });
    const played = `${runs - left} of ${runs} subscriptions in ${Math.round((realNow() - until + MINUTES) / 1000)} s`;
    process.stderr.write(`subscription scenarios: ${played}\n`);
    expect(left).toBeLessThan(runs);
  }

  it(
    'have the same history in whatever steps the clock is moved, balanced books, each period billed once, and what was previewed',
    () => holdAll(plain, RUNS, seed),
    MINUTES * 3,
  );

  it('have them through the official SDK, too', () => holdAll(sdkCall(sandbox), SDK_RUNS, seed + 1), MINUTES * 3);
});
