import { setTimeout } from 'node:timers/promises';
import { auditEvents } from '../../faults/support/event-audit.js';
import { EventMix, Load } from '../../faults/support/load.js';
import { openPayment } from '../../faults/support/open-payment.js';
import { auditPayments } from '../../faults/support/payment-audit.js';
import { SeededRandom } from '../../support/seeded-random.js';
import { StripeOutside } from '../../faults/support/stripe-outside.js';
import { type Instance, Instances } from '../support/instances.js';

/** `npm run test:faults -- --postgres --instances 3 --cycles 100` asks for more. */
const CYCLES = Number(process.env.CYCLES) || 3;
const INSTANCES = Number(process.env.INSTANCES) || 2;
const LONGEST_CYCLE_MS = 60_000;
const PAYMENTS_A_CYCLE = 3;

describe(`kill -9 of one of ${INSTANCES} instances at a random moment under load`, () => {
  const random = SeededRandom.announced('kill -9 of instances');
  const mix = new EventMix(random);
  const acknowledged = new Set<string>();
  let instances: Instances;
  let stripe: StripeOutside;
  beforeAll(async () => {
    instances = await Instances.create(INSTANCES);
    stripe = await StripeOutside.startFor(instances.first);
    await instances.start(stripe.settings);
  });
  afterAll(async () => {
    await instances.remove();
    await stripe.stop();
  });

  it(
    'loses no event that was answered 200, and doubles no effect',
    async () => {
      for (let cycle = 1; cycle <= CYCLES; cycle++) report(cycle, await loadAndKill());
      await instances.events.drained();
      const { stored, lost, doubled } = await auditEvents(instances.database, acknowledged);
      const counts = { acknowledged: acknowledged.size, stored, lost: lost.length, doubled: doubled.length };
      const figures = { instances: INSTANCES, cycles: CYCLES, ...counts, seed: random.seed };
      process.stderr.write(`kill -9 of instances: ${JSON.stringify(figures)}\n`);
      expect({ lost, doubled }).toEqual({ lost: [], doubled: [] });
      expect(acknowledged.size).toBeGreaterThan(CYCLES);
      expect(await auditPayments(instances.database)).toEqual([]);
    },
    CYCLES * LONGEST_CYCLE_MS,
  );

  /** One cycle, from all running to all running. Gives what happened. */
  async function loadAndKill(): Promise<string> {
    const customer = stripe.customer();
    for (let nth = 0; nth < PAYMENTS_A_CYCLE; nth++) mix.addPayment(await openPayment(customer));
    const load = new Load(
      (event) => any().sender.send(event),
      () => mix.next(),
    );
    const loadMs = random.between(20, 700);
    await setTimeout(loadMs);
    const victims = random.chance(0.2) ? instances.all : [any()];
    await Promise.all(victims.map((victim) => victim.end('SIGKILL')));
    await setTimeout(random.between(0, 300)); // the others go on
    await load.stop();
    expect(load.refusals).toEqual({});
    for (const id of load.acknowledged) acknowledged.add(id);
    mix.sendAgain(load.unanswered);
    await Promise.all(victims.map((victim) => victim.start()));
    return `${victims.length} killed after ${loadMs} ms, ${load.acknowledged.size} acknowledged`;
  }

  const any = (): Instance => random.pick(instances.all) ?? instances.first;
});

const report = (cycle: number, what: string) =>
  process.env.CYCLES && process.stderr.write(`cycle ${cycle} of ${CYCLES}: ${what}\n`);
