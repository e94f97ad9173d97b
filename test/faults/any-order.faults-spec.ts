import fc from 'fast-check';
import { useAppProcess } from '../support/app-process.js';
import { openPayment, type OpenPayment } from './support/open-payment.js';
import { rowsOf } from './support/payment-audit.js';
import { EVENT_SEQUENCES, type EventSequence } from './support/event-sequences.js';
import { SeededRandom } from '../support/seeded-random.js';
import { StripeOutside } from './support/stripe-outside.js';

const RUNS = 12;

describe('the events of a payment', () => {
  const { seed } = SeededRandom.announced('any order');
  const app = useAppProcess();
  let stripe: StripeOutside;
  beforeAll(async () => {
    stripe = await StripeOutside.startFor(app);
    await app.start(stripe.settings);
  });
  afterAll(() => stripe.stop());

  /** Sends the events of each group at once, and the next group when they are done. Gives the payment's rows then. */
  async function rowsAfter(sequence: EventSequence, groups: number[][]): Promise<object> {
    const payment = await openPayment(stripe.customer());
    const events = sequence(payment);
    for (const group of groups) {
      const sent = group.flatMap((index) => events[index] ?? []);
      await Promise.all(sent.map((event) => app.sender.send(event)));
      for (const { id } of sent) await app.events.is(id, 'done');
    }
    return rowsOf(app.database, payment);
  }

  const steps = (sequence: EventSequence) => [...sequence(NOBODYS).keys()];

  it.each(Object.entries(EVENT_SEQUENCES))('make the same rows in any order and repeated: %s', async (_, sequence) => {
    const inOrder = await rowsAfter(
      sequence,
      steps(sequence).map((index) => [index]),
    );
    const all = steps(sequence);
    /** Each event twice, in any order, some of them at the same moment. */
    const shuffled = fc.shuffledSubarray([...all, ...all], { minLength: 2 * all.length });
    const orders = fc.tuple(shuffled, fc.integer({ min: 1, max: 3 })).map(([order, size]) => inGroups(order, size));
    const property = fc.asyncProperty(orders, async (groups) => {
      expect(await rowsAfter(sequence, groups)).toEqual(inOrder);
    });
    await fc.assert(property, { seed, numRuns: all.length > 2 ? RUNS : 4, endOnFailure: true });
  });
});

const NOBODYS: OpenPayment = { checkoutSessionId: '', paymentIntentId: '' };

const inGroups = (order: number[], size: number): number[][] =>
  order.length === 0 ? [] : [order.slice(0, size), ...inGroups(order.slice(size), size)];
