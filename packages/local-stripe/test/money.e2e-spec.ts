import fc from 'fast-check';
import Stripe from 'stripe';
import { eventually } from './support/eventually.js';
import { SandboxUnderTest } from './support/sandbox-under-test.js';

/** What is done to a payment, one after the other; not all of it is possible at every moment. */
type Step = { does: 'capture' | 'refund'; amount: number } | { does: 'cancel' | 'win' | 'lose' | 'close' };

const amount = fc.integer({ min: 1, max: 1200 });
const capture = fc.record({ does: fc.constant('capture' as const), amount });
const cancel = fc.record({ does: fc.constant('cancel' as const) });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ does: fc.constant('refund' as const), amount }) },
  { weight: 3, arbitrary: fc.record({ does: fc.constantFrom('win' as const, 'lose' as const, 'close' as const) }) },
  { weight: 1, arbitrary: capture },
  { weight: 1, arbitrary: cancel },
);
/** What a payment that is only reserved at first goes on with; undefined: it is made at once. */
const start: fc.Arbitrary<Step | undefined> = fc.oneof(
  { weight: 4, arbitrary: fc.constant(undefined) },
  { weight: 4, arbitrary: capture },
  { weight: 1, arbitrary: cancel },
);
const rest = fc.array(step, { minLength: 1, maxLength: 6 });
const method = fc.constantFrom(
  'pm_card_visa',
  'pm_card_createDispute',
  'pm_card_createDisputeInquiry',
  'pm_card_refundFail',
  'pm_card_pendingRefund',
);

describe('the money of a payment', () => {
  let under: SandboxUnderTest;

  beforeAll(async () => {
    under = await SandboxUnderTest.start({ refundFailureDelayMs: 5 });
  });
  afterAll(() => under.stop());

  const dispute = async (payment_intent: string): Promise<Stripe.Dispute | undefined> =>
    (await under.stripe.disputes.list({ payment_intent })).data[0];

  const take = async (payment_intent: string, { does, ...more }: Step): Promise<void> => {
    const { stripe } = under;
    const disputed = await dispute(payment_intent);
    const answer = (text: string) =>
      disputed && stripe.disputes.update(disputed.id, { evidence: { uncategorized_text: text } });
    switch (does) {
      case 'capture':
        return void (await stripe.paymentIntents.capture(payment_intent, {
          amount_to_capture: 'amount' in more ? more.amount : 1,
        }));
      case 'refund':
        return void (await stripe.refunds.create({ payment_intent, ...more }));
      case 'cancel':
        return void (await stripe.paymentIntents.cancel(payment_intent));
      case 'win':
        return void (await answer('winning_evidence'));
      case 'lose':
        return void (await answer('losing_evidence'));
      case 'close':
        return void (disputed && (await stripe.disputes.close(disputed.id)));
    }
  };

  /** Nothing is under way any more. */
  const settled = async (payment_intent: string): Promise<true | undefined> => {
    const { data: refunds } = await under.stripe.refunds.list({ payment_intent, limit: 100 });
    const waiting = refunds.some(({ balance_transaction, charge, failure_reason, status }) => {
      const fails = failsLater.has(String(charge)) && balance_transaction !== null;
      return status === 'pending' || (fails && failure_reason === undefined);
    });
    const status = (await dispute(payment_intent))?.status ?? '';
    return waiting || (status.endsWith('under_review') && decided.has(payment_intent)) ? undefined : true;
  };
  const failsLater = new Set<string>();
  const decided = new Set<string>();

  it('adds up, whatever is done in whatever order, and never more goes back than came', async () => {
    await fc.assert(
      fc.asyncProperty(method, start, rest, async (name, first, others) => {
        const { stripe } = under;
        const { id, latest_charge } = await stripe.paymentIntents.create({
          amount: 2000,
          capture_method: first ? 'manual' : 'automatic',
          confirm: true,
          return_url: 'http://shop.test/',
          currency: 'usd',
          payment_method: name,
        });
        const charge = String(latest_charge);
        if (name === 'pm_card_refundFail') failsLater.add(charge);
        for (const each of first ? [first, ...others] : others) {
          await take(id, each).then(
            () => (each.does === 'win' || each.does === 'lose') && decided.add(id),
            (error: unknown) => expect(error).toBeInstanceOf(Stripe.errors.StripeInvalidRequestError),
          );
        }
        await eventually(() => settled(id), 'everything to settle');

        const paid = await stripe.charges.retrieve(charge);
        const { data: refunds } = await stripe.refunds.list({ charge, limit: 100 });
        const succeeded = refunds.filter(({ status }) => status === 'succeeded');
        const amountOf = (some: Stripe.Refund[]) => sum(some.map((refund) => refund.amount));
        // What was reserved and not captured has a refund as well, which moved no money.
        const given = amountOf(succeeded.filter(({ balance_transaction }) => balance_transaction !== null));
        const released = amountOf(succeeded.filter(({ balance_transaction }) => balance_transaction === null));
        expect(released).toBe(paid.amount - paid.amount_captured);
        expect(paid.amount_refunded).toBe(released + given);
        expect(paid.refunded).toBe(paid.amount_refunded === paid.amount);
        expect(given).toBeLessThanOrEqual(paid.amount_captured);

        const disputed = await dispute(id);
        expect(disputed?.amount ?? paid.amount_captured).toBe(paid.amount_captured);
        const sources = [charge, ...refunds.map((refund) => refund.id), ...(disputed ? [disputed.id] : [])];
        const lists = await Promise.all(
          sources.map((source) => stripe.balanceTransactions.list({ source, limit: 100 })),
        );
        const booked = lists.flatMap(({ data }) => data);
        const held =
          disputed && ['needs_response', 'under_review', 'lost'].includes(disputed.status) ? disputed.amount : 0;
        expect(sum(booked.map((entry) => entry.amount))).toBe(paid.amount_captured - given - held);
        for (const entry of booked) expect(entry.net).toBe(entry.amount - entry.fee);
      }),
      { numRuns: 40 },
    );
  });
});

const sum = (amounts: number[]): number => amounts.reduce((total, each) => total + each, 0);
