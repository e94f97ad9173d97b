import type Stripe from 'stripe';
import { paidSession } from './support/customer.js';
import { SandboxUnderTest } from './support/sandbox-under-test.js';

describe('the balance', () => {
  let under: SandboxUnderTest;

  beforeAll(async () => {
    under = await SandboxUnderTest.start({ refundFailureDelayMs: 30 });
  });
  afterAll(() => under.stop());

  const paid = async (card?: string): Promise<Stripe.PaymentIntent> =>
    (await paidSession(under.stripe, card)).payment_intent as Stripe.PaymentIntent;

  it('tells what came of a payment, what it cost, and where from', async () => {
    const { id } = await paid();
    await under.sandbox.moveClock(3000);
    const expand = ['latest_charge.balance_transaction.source'];
    const { latest_charge } = await under.stripe.paymentIntents.retrieve(id, { expand });

    expect(latest_charge).toMatchObject({
      balance_transaction: {
        amount: 1999,
        fee: 88,
        net: 1911,
        type: 'charge',
        fee_details: [{ amount: 88, currency: 'usd', type: 'stripe_fee' }],
        source: { object: 'charge', payment_intent: id },
      },
    });
  });

  it('loses what is refunded, and has it again when the refund fails', async () => {
    const { id: payment_intent } = await paid('4000 0000 0000 5126');
    const refund = await under.stripe.refunds.create({ payment_intent, expand: ['balance_transaction'] });
    expect(refund.balance_transaction).toMatchObject({ amount: -1999, net: -1999, fee: 0, type: 'refund' });

    const { data } = await under.receiver.event('refund.failed', refund.id);
    const back = await under.stripe.balanceTransactions.retrieve(String(data.object.failure_balance_transaction));
    expect(back).toMatchObject({ amount: 1999, type: 'refund_failure', source: refund.id });
    const all = await under.stripe.balanceTransactions.list({ source: refund.id });
    expect(all.data.reduce((sum, { net }) => sum + net, 0)).toBe(0);
  });

  it('is listed by kind and time', async () => {
    await paid();
    await under.sandbox.moveClock(3000);
    const { data } = await under.stripe.balanceTransactions.list({ type: 'charge', currency: 'usd', limit: 1 });
    const [{ created } = { created: 0 }] = data;

    expect(await under.stripe.balanceTransactions.list({ created: { gt: created } })).toMatchObject({ data: [] });
    await expect(under.stripe.balanceTransactions.retrieve('txn_none')).rejects.toMatchObject({ statusCode: 404 });
  });

  it('has a refund that is pending first and succeeds later', async () => {
    const { id: payment_intent } = await paid('4000 0000 0000 7726');
    const refund = await under.stripe.refunds.create({ payment_intent });
    expect(refund).toMatchObject({ status: 'pending', pending_reason: 'processing' });

    const { data } = await under.receiver.event('refund.updated', refund.id);
    expect(data.object.status).toBe('succeeded');
    expect(data.previous_attributes).toEqual({ pending_reason: 'processing', status: 'pending' });
    await expect(under.stripe.refunds.cancel(refund.id)).rejects.toMatchObject({ statusCode: 400 });
  });
});
