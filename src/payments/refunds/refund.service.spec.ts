import { aCheckoutSession, anEvent, aRefund, metadataOf } from '../../../test/support/mock-stripe.js';
import { openPayment as insertPayment } from '../../../test/support/open-payment.js';
import { testingApp, type TestingApp } from '../../../test/support/testing-app.js';
import { StripeKeyError, StripeRefusedError, StripeUnavailableError } from '../../stripe/stripe.errors.js';
import { PaymentReader } from '../account/payment-reader.service.js';
import { CheckoutPayments } from '../checkout/checkout-payments.service.js';
import { RecordRefund } from '../handlers/charge.handlers.js';
import { type RefundResult, MAX_REFUNDS_BY_CUSTOMER, RefundService } from './refund.service.js';
import { UnfinishedRefunds } from './unfinished-refunds.service.js';

describe('a refund', () => {
  let app: TestingApp;
  beforeEach(async () => {
    app = await testingApp();
  });
  afterEach(() => app.close());

  it('gives back the whole payment where no amount is named', async () => {
    await paidPayment(app);
    app.stripe.createRefund.mockImplementation(stripeMakesIt);
    expect(await ask(app)).toMatchObject({ outcome: 'refunded', amount: 1999 });
    expect(await payment(app)).toMatchObject({ status: 'refunded', amountRefunded: 1999, refundable: 0 });
  });

  it('gives back a part, and then no more than what is left', async () => {
    await paidPayment(app);
    app.stripe.createRefund.mockImplementation(stripeMakesIt);
    expect(await ask(app, 500)).toMatchObject({ outcome: 'refunded', amount: 500 });
    expect(await payment(app)).toMatchObject({ status: 'partially_refunded', amountRefunded: 500, refundable: 1499 });
    expect(await ask(app, 1500)).toMatchObject({ outcome: 'too_much', refundable: 1499 });
    expect(await ask(app)).toMatchObject({ outcome: 'refunded', amount: 1499 });
    expect(await ask(app)).toMatchObject({ outcome: 'too_much', refundable: 0 });
  });

  it('never exceeds the amount, however many are asked for at once', async () => {
    await paidPayment(app);
    app.stripe.createRefund.mockImplementation(stripeMakesIt);
    const results = await Promise.all(Array.from({ length: 50 }, () => ask(app, 700)));
    expect(results.filter(({ outcome }) => outcome === 'refunded')).toHaveLength(2);
    expect(app.stripe.createRefund).toHaveBeenCalledTimes(2);
    expect(await payment(app)).toMatchObject({ amountRefunded: 1400 });
  });

  it('is not possible before the money came, nor on the payment of somebody else', async () => {
    await openPayment(app);
    expect(await ask(app)).toMatchObject({ outcome: 'too_much', refundable: 0 });
    const theirs = { payment: { userId: 'somebody-else', checkoutSessionId: 'cs_test_1' } };
    expect(await app.module.get(RefundService, { strict: false }).request(theirs)).toEqual({
      outcome: 'unknown_payment',
    });
  });

  it('goes to Stripe with its reason, the same one when it is tried again', async () => {
    await paidPayment(app);
    const request = { payment: { userId: 'jenny', checkoutSessionId: 'cs_test_1' }, amount: 500 };
    app.stripe.createRefund.mockRejectedValue(new StripeUnavailableError('refunds.create', 'timeout'));
    await app.module.get(RefundService, { strict: false }).request({ ...request, reason: 'duplicate' });
    app.stripe.findRefund.mockResolvedValue(undefined);
    await finishAll(app);
    expect(app.stripe.createRefund.mock.calls.map(([{ reason }]) => reason)).toEqual(['duplicate', 'duplicate']);
  });

  it('that fails at once is reported as declined, and leaves the money refundable', async () => {
    await paidPayment(app);
    const failed = aRefund({ status: 'failed', failure_reason: 'insufficient_funds' });
    app.stripe.createRefund.mockResolvedValue(failed);
    expect(await ask(app)).toEqual({ outcome: 'declined', reason: 'insufficient_funds' });
    expect(await payment(app)).toMatchObject({ status: 'paid', refundable: 1999 });
  });

  it.each([
    [9_007_199_254_740_991, 'usd'],
    [2 ** 32 + 1, 'jpy'],
    [2 ** 40 + 4, 'kwd'],
  ])('of %i %s is exact, in parts', async (amount, currency) => {
    await openPayment(app, { amount, currency });
    const session = { status: 'complete', payment_status: 'paid', payment_intent: 'pi_1' } as const;
    const paid = aCheckoutSession({ ...session, amount_total: amount, currency });
    await app.handle(anEvent('checkout.session.completed', paid));
    app.stripe.createRefund.mockImplementation(stripeMakesIt);
    const part = 2_147_483_650;
    expect(await ask(app, part)).toMatchObject({ outcome: 'refunded', amount: part });
    const left = amount - part;
    expect(await payment(app)).toMatchObject({ amountRefunded: part, refundable: left });
    expect(await ask(app)).toMatchObject({ outcome: 'refunded', amount: left, currency });
    expect(await payment(app)).toMatchObject({ status: 'refunded', amountRefunded: amount, refundable: 0 });
  });

  it('with a fraction of the smallest coin is not stored', async () => {
    await paidPayment(app);
    expect(await ask(app, 0.5)).toMatchObject({ outcome: 'not_possible_amount' });
    await app.handle(anEvent('refund.created', aRefund({ amount: 19.99 })));
    expect(await payment(app)).toMatchObject({ refundable: 1999, refunds: [] });
  });

  it.each([
    ['ugx', 500_000, 250, 250_000],
    ['isk', 500_000, 49_950, 50_000],
    ['kwd', 5_000, 1_999, 1_990],
  ])('in %s follows the rule of the currency, before Stripe is asked [M8]', async (currency, amount, wrong, right) => {
    await openPayment(app, { amount, currency });
    const session = { status: 'complete', payment_status: 'paid', payment_intent: 'pi_1' } as const;
    await app.handle(
      anEvent('checkout.session.completed', aCheckoutSession({ ...session, amount_total: amount, currency })),
    );
    expect(await ask(app, wrong)).toMatchObject({
      outcome: 'not_possible_amount',
      reason: expect.stringContaining('such as'),
      refundable: amount,
    });
    expect(app.stripe.createRefund).not.toHaveBeenCalled();
    app.stripe.createRefund.mockImplementation(stripeMakesIt);
    expect(await ask(app, right)).toMatchObject({ outcome: 'refunded', amount: right });
  });

  it('of all that is left is of what Stripe takes, where a fraction is left from before the rule [M8]', async () => {
    await openPayment(app, { amount: 4_010, currency: 'isk' });
    const session = { status: 'complete', payment_status: 'paid', payment_intent: 'pi_1' } as const;
    await app.handle(
      anEvent('checkout.session.completed', aCheckoutSession({ ...session, amount_total: 4_010, currency: 'isk' })),
    );
    expect(await payment(app)).toMatchObject({ refundable: 4_000 });
    app.stripe.createRefund.mockImplementation(stripeMakesIt);
    expect(await ask(app)).toMatchObject({ outcome: 'refunded', amount: 4_000 });
    expect(await payment(app)).toMatchObject({ status: 'partially_refunded', refundable: 0 });
    expect(await ask(app)).toMatchObject({ outcome: 'too_much', refundable: 0 });
  });

  it('can be asked for twenty times by the customer, and then by the seller alone [S7]', async () => {
    await paidPayment(app);
    app.stripe.createRefund.mockImplementation(stripeMakesIt);
    const outcomes = await Promise.all(Array.from({ length: 25 }, () => ask(app, 1)));
    expect(outcomes.filter(({ outcome }) => outcome === 'refunded')).toHaveLength(MAX_REFUNDS_BY_CUSTOMER);
    expect(await ask(app, 1)).toEqual({ outcome: 'too_many', limit: MAX_REFUNDS_BY_CUSTOMER });
    const { id = '' } = (await payment(app)) ?? {};
    const bySeller = { payment: { id }, requestedBy: 'command line (rosen)', amount: 1 };
    expect(await app.module.get(RefundService, { strict: false }).request(bySeller)).toMatchObject({
      outcome: 'refunded',
    });
  });

  it('names who asked for it, also where its event comes before the answer to our call [S17]', async () => {
    await paidPayment(app);
    app.stripe.createRefund.mockImplementation(async (request) => {
      const refund = await stripeMakesIt(request);
      await app.handle(anEvent('refund.created', refund));
      return refund;
    });
    await ask(app, 500);
    await app.handle(anEvent('refund.created', aRefund({ id: 're_dashboard', amount: 100, created: 1_795_000_001 })));
    expect((await payment(app))?.refunds.map(({ requestedBy }) => requestedBy)).toEqual(['jenny', null]);
  });

  it('names who asked for it, where its event without metadata came first [S17]', async () => {
    await paidPayment(app);
    app.stripe.createRefund.mockImplementation(async (request) => {
      const refund = await stripeMakesIt(request);
      await app.handle(anEvent('refund.created', { ...refund, metadata: null }));
      return refund;
    });
    await ask(app, 500);
    expect((await payment(app))?.refunds).toMatchObject([{ amount: 500, requestedBy: 'jenny' }]);
  });

  it('that waits for the customer, and then is on its way, is on its way, in any order [M12]', async () => {
    await paidPayment(app);
    const is = (status: string, created: number) =>
      anEvent('refund.updated', aRefund({ status }), { created: 1_795_000_000 + created });
    const events = [is('requires_action', 1), is('pending', 2)];
    for (const event of events) await app.handle(event);
    expect((await payment(app))?.refunds).toMatchObject([{ status: 'pending' }]);
    for (const event of events.toReversed()) await app.handle(event);
    expect((await payment(app))?.refunds).toMatchObject([{ status: 'pending' }]);
    await app.handle(is('requires_action', 3));
    expect((await payment(app))?.refunds).toMatchObject([{ status: 'requires_action' }]);
  });

  it('that fails is reported by charge.refund.updated alone, by endpoints of older API versions [M6]', async () => {
    await paidPayment(app);
    const charge = { payment_intent: 'pi_1', amount_refunded: 1999, captured: true, amount_captured: 1999 };
    await app.handle(anEvent('charge.refunded', charge as never));
    expect(await payment(app)).toMatchObject({ status: 'refunded' });
    const failed = aRefund({ status: 'failed', failure_reason: 'lost_or_stolen_card' });
    await app.handle(anEvent('charge.refund.updated', failed));
    expect(await payment(app)).toMatchObject({
      status: 'paid',
      refundable: 1999,
      refunds: [{ status: 'failed', failureReason: 'lost_or_stolen_card' }],
    });
  });

  it.each([
    ['id', { id: null }],
    ['id', { id: undefined }],
    ['amount', { amount: null }],
    ['amount', { amount: 0 }],
    ['Payment Intent', { payment_intent: null }],
    ['Payment Intent', { payment_intent: { id: null } }],
  ])('whose event has no %s is ignored and touches no other [B3]', async (part, changes) => {
    await paidPayment(app);
    await app.handle(anEvent('refund.created', aRefund({ amount: 500 })));
    const before = await payment(app);
    for (const type of ['refund.created', 'refund.updated', 'refund.failed', 'charge.refund.updated'] as const) {
      const event = anEvent(type, { ...aRefund({ status: 'failed' }), ...changes } as never);
      expect(app.module.get(RecordRefund, { strict: false }).reasonToIgnore(event)).toContain(part);
      await app.handle(event);
    }
    expect(await payment(app)).toEqual(before);
  });

  it.each([
    ['metadata', { metadata: null }],
    ['status', { status: null }],
    ['reason', { reason: null }],
    ['created', { created: null }],
    ['anything else', { metadata: undefined, status: undefined, reason: undefined, currency: undefined }],
  ])('is stored where its event has no %s [B3]', async (_part, changes) => {
    await paidPayment(app);
    await app.handle(anEvent('refund.created', { ...aRefund({ amount: 500 }), ...changes } as never));
    expect(await payment(app)).toMatchObject({ refundable: 1499, refunds: [{ id: 're_1', amount: 500 }] });
  });

  it('leaves the money refundable when Stripe says no', async () => {
    await paidPayment(app);
    app.stripe.createRefund.mockRejectedValue(new StripeRefusedError('refunds.create', 'No.', 'charge_disputed', 400));
    expect(await ask(app)).toEqual({ outcome: 'declined', reason: 'charge_disputed' });
    expect(await payment(app)).toMatchObject({ status: 'paid', refundable: 1999, refunds: [{ status: 'refused' }] });
  });

  it('is held back from a second try while Stripe has not answered, and finished later with the same key', async () => {
    await paidPayment(app);
    app.stripe.createRefund.mockRejectedValue(new StripeUnavailableError('refunds.create', 'timeout'));
    expect(await ask(app)).toEqual({ outcome: 'queued' });
    expect(await ask(app)).toMatchObject({ outcome: 'too_much', refundable: 0 });

    app.stripe.createRefund.mockImplementation(stripeMakesIt);
    app.stripe.findRefund.mockResolvedValue(undefined);
    expect(await finishAll(app)).toMatchObject([{ outcome: 'refunded', amount: 1999 }]);
    const keys = app.stripe.createRefund.mock.calls.map(([{ idempotencyKey }]) => idempotencyKey);
    expect(new Set(keys).size).toBe(1);
  });

  it('is neither made twice nor given up when Stripe refuses the key', async () => {
    await paidPayment(app);
    app.stripe.createRefund.mockRejectedValue(new StripeUnavailableError('refunds.create', 'connection reset'));
    await ask(app, 500);
    app.stripe.findRefund.mockRejectedValue(new StripeKeyError('refunds.list', 'Invalid API Key.'));
    expect(await finishAll(app)).toEqual([{ outcome: 'queued' }]);
    app.stripe.findRefund.mockRejectedValue(new StripeRefusedError('refunds.list', 'No such intent', 'missing', 404));
    expect(await finishAll(app)).toEqual([{ outcome: 'queued' }]);
    app.stripe.findRefund.mockResolvedValue(aRefund({ id: 're_made', amount: 500 }));
    expect(await finishAll(app)).toMatchObject([{ outcome: 'refunded', amount: 500 }]);
    expect(await payment(app)).toMatchObject({ amountRefunded: 500, refundable: 1499 });
  });

  it('counts when the sum of its charge comes before the payment is known to be paid', async () => {
    const id = await openPayment(app);
    const charge = { payment_intent: 'pi_1', amount_refunded: 1999, metadata: { payment_id: id } };
    await app.handle(anEvent('charge.refunded', charge as never));
    const paid = aCheckoutSession({ status: 'complete', payment_status: 'paid', payment_intent: 'pi_1' });
    await app.handle(anEvent('checkout.session.completed', paid));
    expect(await payment(app)).toMatchObject({ status: 'refunded', amountRefunded: 1999, refundable: 0 });
  });

  it('is of what Stripe charged, where that differs from what was asked for', async () => {
    await openPayment(app);
    const total_details = { amount_discount: 1000, amount_shipping: 0, amount_tax: 0 };
    const paid = { status: 'complete', payment_status: 'paid', payment_intent: 'pi_1', amount_total: 999 } as const;
    await app.handle(anEvent('checkout.session.completed', aCheckoutSession({ ...paid, total_details })));
    expect(await payment(app)).toMatchObject({ amount: 999, refundable: 999 });
  });

  it('is found again at Stripe, instead of made twice, when the app died before it noted the answer', async () => {
    await paidPayment(app);
    app.stripe.createRefund.mockRejectedValue(new StripeUnavailableError('refunds.create', 'timeout'));
    await ask(app);
    app.stripe.findRefund.mockResolvedValue(aRefund({ id: 're_made' }));
    await finishAll(app);
    expect(app.stripe.createRefund).toHaveBeenCalledTimes(1);
    expect(await payment(app)).toMatchObject({ status: 'refunded', refunds: [{ id: 're_made', status: 'succeeded' }] });
  });

  it('counts as money of the customer again when the bank sends it back', async () => {
    await paidPayment(app);
    app.stripe.createRefund.mockImplementation(stripeMakesIt);
    await ask(app);
    const { refunds: [made] = [] } = (await payment(app)) ?? {};
    const failed = aRefund({ id: made?.id ?? '', status: 'failed', failure_reason: 'lost_or_stolen_card' });
    await app.handle(anEvent('refund.failed', failed));
    await app.handle(anEvent('refund.created', { ...failed, status: 'succeeded' })); // late, and out of order
    expect(await payment(app)).toMatchObject({ status: 'paid', amountRefunded: 0, refundable: 1999 });
  });
});

const stripeMakesIt = (request: { amount: number; metadata: Record<string, string> }) =>
  Promise.resolve(
    aRefund({ id: `re_${request.metadata.refund_id}`, amount: request.amount, metadata: request.metadata }),
  );

async function openPayment({ module }: TestingApp, price = { amount: 1999, currency: 'usd' }): Promise<string> {
  const checkouts = module.get(CheckoutPayments, { strict: false });
  const purchase = { userId: 'jenny', email: 'jenny@example.com', description: 'A thing', priceKey: 'thing' };
  const id = await insertPayment(checkouts, { ...purchase, ...price });
  await checkouts.note(aCheckoutSession({ metadata: metadataOf(id) }), 'test');
  return id;
}

async function paidPayment(app: TestingApp): Promise<void> {
  await openPayment(app);
  const paid = aCheckoutSession({ status: 'complete', payment_status: 'paid', payment_intent: 'pi_1' });
  await app.handle(anEvent('checkout.session.completed', paid));
}

const ask = ({ module }: TestingApp, amount?: number): Promise<RefundResult> =>
  module
    .get(RefundService, { strict: false })
    .request({ payment: { userId: 'jenny', checkoutSessionId: 'cs_test_1' }, amount });

const payment = ({ module }: TestingApp) => module.get(PaymentReader, { strict: false }).find('jenny', 'cs_test_1');

const finishAll = ({ module }: TestingApp) =>
  module.get(UnfinishedRefunds, { strict: false }).finish(new Date(Date.now() + 1_000));
