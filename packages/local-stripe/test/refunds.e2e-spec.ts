import type Stripe from 'stripe';
import { control } from './support/control.js';
import { paidSession } from './support/customer.js';
import { SandboxUnderTest } from './support/sandbox-under-test.js';

const DAY_MS = 24 * 60 * 60 * 1000;

describe('refunds', () => {
  let under: SandboxUnderTest;

  beforeAll(async () => {
    under = await SandboxUnderTest.start({ refundFailureDelayMs: 30 });
  });
  afterAll(() => under.stop());

  const paid = async (number?: string): Promise<Stripe.PaymentIntent> =>
    (await paidSession(under.stripe, number)).payment_intent as Stripe.PaymentIntent;
  const chargeOf = (refund: Stripe.Refund): Promise<Stripe.Charge> =>
    under.stripe.charges.retrieve(String(refund.charge));

  it('gives everything back where no amount is named', async () => {
    const { id: payment_intent } = await paid();
    const refund = await under.stripe.refunds.create({ payment_intent, reason: 'requested_by_customer' });

    expect(refund).toMatchObject({ amount: 1999, status: 'succeeded', reason: 'requested_by_customer' });
    expect(await chargeOf(refund)).toMatchObject({ amount_refunded: 1999, refunded: true });
    const { data } = await under.receiver.event('charge.refunded', payment_intent);
    expect(data.previous_attributes).toEqual({ amount_refunded: 0, refunded: false });
    await under.receiver.event('refund.created', refund.id);
  });

  it('adds up partial refunds and stops at what is left', async () => {
    const { id: payment_intent } = await paid();
    await under.stripe.refunds.create({ payment_intent, amount: 500 });
    const refund = await under.stripe.refunds.create({ payment_intent, amount: 700 });

    expect(await chargeOf(refund)).toMatchObject({ amount_refunded: 1200, refunded: false });
    await expect(under.stripe.refunds.create({ payment_intent, amount: 800 })).rejects.toMatchObject({
      statusCode: 400,
      param: 'amount',
      message: 'Refund amount ($8.00) is greater than unrefunded amount on charge ($7.99)',
    });
    expect((await under.stripe.refunds.list({ payment_intent })).data.map(({ amount }) => amount)).toEqual([700, 500]);
  });

  it('refuses a second refund of everything, and amounts that are none', async () => {
    const { id: payment_intent } = await paid();
    for (const amount of [0, -1, 1.5]) {
      await expect(under.stripe.refunds.create({ payment_intent, amount })).rejects.toMatchObject({
        code: 'parameter_invalid_integer',
      });
    }
    await under.stripe.refunds.create({ payment_intent });
    await expect(under.stripe.refunds.create({ payment_intent })).rejects.toMatchObject({
      statusCode: 400,
      code: 'charge_already_refunded',
    });
  });

  it('never gives back more than the amount when two ask at once', async () => {
    const { id: payment_intent } = await paid();
    const asked = await Promise.allSettled([
      under.stripe.refunds.create({ payment_intent, amount: 1500 }),
      under.stripe.refunds.create({ payment_intent, amount: 1500 }),
    ]);

    expect(asked.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  });

  it('first succeeds and then fails with the card for it, and the money is back', async () => {
    const { id: payment_intent } = await paid('4000 0000 0000 5126');
    const refund = await under.stripe.refunds.create({ payment_intent });
    expect(refund.status).toBe('succeeded');

    const { data } = await under.receiver.event('refund.failed', refund.id);
    expect(data.object).toMatchObject({ id: refund.id, status: 'failed', failure_reason: 'expired_or_canceled_card' });
    expect(await chargeOf(refund)).toMatchObject({ amount_refunded: 0, refunded: false });
    await under.receiver.event('charge.refund.updated', refund.id);
  });

  it('goes from one status to the next as the bank and the customer act [M12]', async () => {
    const { id: payment_intent } = await paid();
    const { id, charge } = await under.stripe.refunds.create({ payment_intent, amount: 500 });
    const { post } = control(under.sandbox);
    for (const status of ['requires_action', 'pending', 'succeeded', 'failed']) {
      expect(await post(`/refunds/${id}`, { status })).toMatchObject({ status: 200, body: { id, status } });
    }

    await under.receiver.event('refund.failed', id);
    for (const type of ['refund.updated', 'charge.refund.updated']) {
      const { data } = await under.stripe.events.list({ type, limit: 100 });
      const about = data.map((event) => event.data.object as Stripe.Refund).filter((refund) => refund.id === id);
      expect(about.map(({ status }) => status)).toEqual(['failed', 'succeeded', 'pending', 'requires_action']);
    }
    expect(await under.stripe.charges.retrieve(String(charge))).toMatchObject({ amount_refunded: 0 });
    expect(await post(`/refunds/${id}`, { status: 'succeeded' })).toMatchObject({ status: 400 });
    expect(await post('/refunds/re_none', { status: 'succeeded' })).toMatchObject({ status: 404 });
    expect(await post(`/refunds/${id}`, { status: 'gone' })).toMatchObject({ status: 400 });
  });

  it('that was said to have failed does not fail a second time when its time comes [M12]', async () => {
    const { post } = control(under.sandbox);
    await post('/settings', { refund_failure_ms: DAY_MS });
    const { id: payment_intent } = await paid('4000 0000 0000 5126');
    const { id, charge } = await under.stripe.refunds.create({ payment_intent });
    const failed = await post(`/refunds/${id}`, { status: 'failed', failure_reason: 'lost_or_stolen_card' });
    expect(failed.status).toBe(200);
    await under.sandbox.moveClock(DAY_MS);

    expect(await under.stripe.charges.retrieve(String(charge))).toMatchObject({ amount_refunded: 0 });
    const bookings = await under.stripe.balanceTransactions.list({ source: id });
    expect(bookings.data.map(({ net }) => net)).toEqual([1999, -1999]);
  });

  it('merges and unsets metadata, and tells what it was', async () => {
    const { id: payment_intent } = await paid();
    const refund = await under.stripe.refunds.create({ payment_intent, metadata: { a: '1', b: '2' } });
    const updated = await under.stripe.refunds.update(refund.id, { metadata: { a: '', c: '3' } });

    expect(updated.metadata).toEqual({ b: '2', c: '3' });
    const { data } = await under.receiver.event('refund.updated', refund.id);
    expect(data.previous_attributes).toEqual({ metadata: { a: '1', c: null } });
  });
});
