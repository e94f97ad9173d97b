import fc from 'fast-check';
import { DataSource } from 'typeorm';
import { aCheckoutSession, anEvent, metadataOf } from '../../../test/support/mock-stripe.js';
import { openPayment } from '../../../test/support/open-payment.js';
import { propertyRuns } from '../../../test/support/property-runs.js';
import { type CallOutcome, RefundingStripe } from '../../../test/support/scenarios/refunding-stripe.js';
import { shuffled } from '../../../test/support/scenarios/run.js';
import { flawsOfHistory, historyOfScenario } from '../../../test/support/scenarios/stored-rows.js';
import { SeededRandom } from '../../../test/support/seeded-random.js';
import { testingApp, type TestingApp } from '../../../test/support/testing-app.js';
import { PaymentReader } from '../account/payment-reader.service.js';
import { CheckoutPayments } from '../checkout/checkout-payments.service.js';
import { RefundService } from './refund.service.js';
import { UnfinishedRefunds } from './unfinished-refunds.service.js';

const RUNS = propertyRuns(80);

/** Long on a busy machine. */
import.meta.jest.setTimeout(RUNS * 3_000);

type Step =
  | { does: 'ask'; amount: number | undefined; call: CallOutcome }
  | { does: 'deliver'; nth: number }
  | { does: 'stripe goes on'; nth: number; to: 'succeeded' | 'failed' }
  | { does: 'finish unfinished' };

const call = fc.constantFrom<CallOutcome>('succeeds', 'succeeds', 'pends', 'lost before', 'lost after', 'refused');
const amount = fc.option(fc.integer({ min: 1, max: 900 }), { nil: undefined, freq: 4 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ does: fc.constant('ask' as const), amount, call }) },
  { weight: 4, arbitrary: fc.record({ does: fc.constant('deliver' as const), nth: fc.nat(20) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      does: fc.constant('stripe goes on' as const),
      nth: fc.nat(5),
      to: fc.constantFrom('succeeded' as const, 'failed' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('finish unfinished' as const) }) },
);

describe(`${RUNS} random scenarios of refunds, between customers, Stripe and its events`, () => {
  let app: TestingApp;
  beforeAll(async () => {
    app = await testingApp();
  });
  afterAll(() => app.close());

  const begin = async (tag: string, total: number) => {
    const checkouts = app.module.get(CheckoutPayments, { strict: false });
    const request = { userId: 'jenny', email: 'jenny@example.com', description: 'A thing', priceKey: 'thing' };
    const id = await openPayment(checkouts, { ...request, amount: total, currency: 'usd' });
    const session = {
      id: `cs_test_${tag}`,
      metadata: metadataOf(id),
      payment_intent: `pi_${tag}`,
      amount_total: total,
    };
    const paid = aCheckoutSession({ ...session, status: 'complete', payment_status: 'paid' });
    await app.handle(anEvent('checkout.session.completed', paid));
    return new RefundingStripe(`pi_${tag}`, total);
  };
  const finish = () => app.module.get(UnfinishedRefunds, { strict: false }).finish(new Date(Date.now() + 1_000));

  it('never give back more than the amount, and end in what Stripe has, whatever comes between', async () => {
    let run = 0;
    const runs = fc.record({
      total: fc.integer({ min: 1, max: 2_000 }),
      groups: fc.array(fc.array(step, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 5 }),
      order: fc.nat(),
    });
    const property = fc.asyncProperty(runs, async ({ total, groups, order }) => {
      const tag = `refunds${++run}n`;
      const stripe = await begin(tag, total);
      app.stripe.findRefund.mockImplementation((_intent, fits) => stripe.find(fits));
      const act = async (one: Step): Promise<unknown> => {
        switch (one.does) {
          case 'ask': {
            const payment = { userId: 'jenny', checkoutSessionId: `cs_test_${tag}` };
            app.stripe.createRefund.mockImplementation((request) => stripe.create(request, one.call));
            return app.module.get(RefundService, { strict: false }).request({ payment, amount: one.amount });
          }
          case 'deliver': {
            const event = stripe.events[one.nth % Math.max(stripe.events.length, 1)];
            return event && app.handle(event);
          }
          case 'stripe goes on':
            return stripe.goOn(one.nth, one.to);
          case 'finish unfinished':
            return finish();
        }
      };
      for (const group of groups) await Promise.all(group.map(act));
      app.stripe.createRefund.mockImplementation((request) => stripe.create(request, 'succeeds'));
      await finish();
      for (const event of shuffled(stripe.events, new SeededRandom(order))) await app.handle(event);

      const payment = await app.module.get(PaymentReader, { strict: false }).find('jenny', `cs_test_${tag}`);
      const atStripe = stripe.refunds.map(({ id, amount: given, status }) => ({ id, amount: given, status }));
      const here = payment?.refunds.filter(({ status }) => status !== 'refused') ?? [];
      const byId = (a: { id: string }, b: { id: string }) => a.id.localeCompare(b.id);
      expect(stripe.exceeded).toBe(0);
      expect(here.map(({ id, amount: given, status }) => ({ id, amount: given, status })).toSorted(byId)).toEqual(
        atStripe.toSorted(byId),
      );
      const status = stripe.refunded === 0 ? 'paid' : stripe.refunded < total ? 'partially_refunded' : 'refunded';
      const refundable = total - stripe.refunded;
      expect(payment).toMatchObject({ status, amountRefunded: stripe.refunded, refundable });
      const history = await historyOfScenario(app.module.get(DataSource), `${tag}`);
      expect(flawsOfHistory(history, status, { once: false })).toEqual([]);
    });
    await fc.assert(property, { numRuns: RUNS, endOnFailure: true });
  });
});
