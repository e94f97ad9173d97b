import { setTimeout } from 'node:timers/promises';
import { useAppProcess } from '../support/app-process.js';
import { auditEvents } from './support/event-audit.js';
import { EventMix, Load } from './support/load.js';
import { openPayment } from './support/open-payment.js';
import { auditPayments } from './support/payment-audit.js';
import { SeededRandom } from '../support/seeded-random.js';
import { StripeOutside } from './support/stripe-outside.js';

/** How often the app is killed. `npm run test:faults -- --cycles 200` asks for more. */
const CYCLES = Number(process.env.CYCLES) || 3;
const LONGEST_CYCLE_MS = 30_000;
const PAYMENTS_A_CYCLE = 3;

describe('kill -9 at a random moment under load', () => {
  const random = SeededRandom.announced('kill -9');
  const mix = new EventMix(random);
  const acknowledged = new Set<string>();
  const app = useAppProcess();
  let stripe: StripeOutside;
  beforeAll(async () => {
    stripe = await StripeOutside.startFor(app);
    await app.start(stripe.settings);
  });
  afterAll(() => stripe.stop());

  it(
    'loses no event that was answered 200, and doubles no effect',
    async () => {
      for (let cycle = 1; cycle <= CYCLES; cycle++) report(cycle, await loadAndKill());
      await app.events.drained();
      const { stored, lost, doubled } = await auditEvents(app.database, acknowledged);
      const figures = {
        cycles: CYCLES,
        acknowledged: acknowledged.size,
        stored,
        lost: lost.length,
        doubled: doubled.length,
      };
      process.stderr.write(`kill -9: ${JSON.stringify({ ...figures, seed: random.seed })}\n`);
      expect({ lost, doubled }).toEqual({ lost: [], doubled: [] });
      expect(acknowledged.size).toBeGreaterThan(CYCLES);
      expect(await auditPayments(app.database)).toEqual([]);
    },
    CYCLES * LONGEST_CYCLE_MS,
  );

  /** One cycle, from a running app to the next. Gives what happened. */
  async function loadAndKill(): Promise<string> {
    if (random.chance(0.5)) await app.events.drained(); // otherwise it dies with a backlog
    const customer = stripe.customer();
    for (let nth = 0; nth < PAYMENTS_A_CYCLE; nth++) mix.addPayment(await openPayment(customer));
    const load = new Load(
      (event) => app.sender.send(event),
      () => mix.next(),
    );
    const loadMs = random.between(20, 700);
    await setTimeout(loadMs);
    await app.end('SIGKILL');
    await load.ended();
    expect(load.refusals).toEqual({});
    for (const id of load.acknowledged) acknowledged.add(id);
    mix.sendAgain(load.unanswered);
    if (random.chance(0.25)) await killAtBoot();
    await app.start();
    return `killed after ${loadMs} ms, ${load.acknowledged.size} acknowledged`;
  }

  /** At any moment, from the first line to taking up what was left. */
  async function killAtBoot(): Promise<void> {
    app.launch();
    await setTimeout(random.between(0, 2_000));
    await app.end('SIGKILL');
  }
});

const report = (cycle: number, what: string) =>
  process.env.CYCLES && process.stderr.write(`cycle ${cycle} of ${CYCLES}: ${what}\n`);
