import { aCheckoutSession, anEvent, aRefund, metadataOf } from '../../../test/support/mock-stripe.js';
import { testingApp, type TestingApp } from '../../../test/support/testing-app.js';
import { StripeKeyError, StripeRefusedError, StripeUnavailableError } from '../../stripe/stripe.errors.js';
import { CheckoutPayments } from '../checkout/checkout-payments.service.js';
import { PaymentReader } from '../reading/payment-reader.service.js';
import { type RefundResult, RefundService } from './refund.service.js';
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
    const wish = { payment: { userId: 'jenny', checkoutSessionId: 'cs_test_1' }, amount: 500 };
    app.stripe.createRefund.mockRejectedValue(new StripeUnavailableError('refunds.create', 'timeout'));
    await app.module.get(RefundService, { strict: false }).request({ ...wish, reason: 'duplicate' });
    app.stripe.findRefund.mockResolvedValue(undefined);
    await finishAll(app);
    expect(app.stripe.createRefund.mock.calls.map(([{ reason }]) => reason)).toEqual(['duplicate', 'duplicate']);
  });

  it('that fails at once is told as declined, and leaves the money refundable', async () => {
    await paidPayment(app);
    const failed = aRefund({ status: 'failed', failure_reason: 'insufficient_funds' });
    app.stripe.createRefund.mockResolvedValue(failed);
    expect(await ask(app)).toEqual({ outcome: 'declined', reason: 'insufficient_funds' });
    expect(await payment(app)).toMatchObject({ status: 'paid', refundable: 1999 });
  });

  it.each([
    [9_007_199_254_740_991, 'usd'],
    [2 ** 31 + 1, 'jpy'],
    [2 ** 40 + 1, 'kwd'],
  ])('of %i %s is exact, in parts', async (amount, currency) => {
    await openPayment(app, { amount, currency });
    const session = { status: 'complete', payment_status: 'paid', payment_intent: 'pi_1' } as const;
    const paid = aCheckoutSession({ ...session, amount_total: amount, currency });
    await app.handle(anEvent('checkout.session.completed', paid));
    app.stripe.createRefund.mockImplementation(stripeMakesIt);
    expect(await ask(app, 2 ** 31)).toMatchObject({ outcome: 'refunded', amount: 2 ** 31 });
    const left = amount - 2 ** 31;
    expect(await payment(app)).toMatchObject({ amountRefunded: 2 ** 31, refundable: left });
    expect(await ask(app)).toMatchObject({ outcome: 'refunded', amount: left, currency });
    expect(await payment(app)).toMatchObject({ status: 'refunded', amountRefunded: amount, refundable: 0 });
  });

  it('with a fraction of the smallest coin is not stored', async () => {
    await paidPayment(app);
    await expect(ask(app, 0.5)).rejects.toThrow('0.5 is not a whole number');
    const odd = anEvent('refund.created', aRefund({ amount: 19.99 }));
    await expect(app.handle(odd)).rejects.toThrow('19.99 is not a whole number');
    expect(await payment(app)).toMatchObject({ refundable: 1999, refunds: [] });
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

const stripeMakesIt = (wish: { amount: number; metadata: Record<string, string> }) =>
  Promise.resolve(aRefund({ id: `re_${wish.metadata.refund_id}`, amount: wish.amount, metadata: wish.metadata }));

async function openPayment({ module }: TestingApp, price = { amount: 1999, currency: 'usd' }): Promise<string> {
  const checkouts = module.get(CheckoutPayments, { strict: false });
  const wish = { userId: 'jenny', email: 'jenny@example.com', description: 'A thing', priceKey: 'thing' };
  const id = await checkouts.open({ ...wish, ...price });
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
