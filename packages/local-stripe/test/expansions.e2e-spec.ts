import type Stripe from 'stripe';
import { SandboxUnderTest } from './support/sandbox-under-test.js';

describe('expansions that the types of the SDK allow', () => {
  let under: SandboxUnderTest;
  let intent: Stripe.PaymentIntent;

  beforeAll(async () => {
    under = await SandboxUnderTest.start();
    intent = await under.stripe.paymentIntents.create({
      amount: 500,
      confirm: true,
      currency: 'usd',
      payment_method: 'pm_card_visa',
      return_url: 'http://shop.test/',
    });
    await under.sandbox.moveClock(3000);
  });
  afterAll(() => under.stop());

  it('reach through objects and lists', async () => {
    const { latest_charge } = await under.stripe.paymentIntents.retrieve(intent.id, {
      expand: ['latest_charge.balance_transaction.source', 'latest_charge.refunds.data.balance_transaction'],
    });
    expect(latest_charge).toMatchObject({
      balance_transaction: { object: 'balance_transaction', source: { object: 'charge' } },
      refunds: { data: [], total_count: 0 },
    });
  });

  it('leave null where null is, and what the local Stripe never has', async () => {
    const charge = await under.stripe.charges.retrieve(String(intent.latest_charge), {
      expand: ['application_fee.balance_transaction', 'on_behalf_of', 'review', 'transfer.destination'],
    });
    expect(charge).toMatchObject({ application_fee: null, on_behalf_of: null, review: null });
    await under.stripe.refunds.create({ payment_intent: intent.id, expand: ['failure_balance_transaction'] });
  });

  it('show parts of a customer that other answers leave out', async () => {
    const customer = await under.stripe.customers.create({
      expand: ['tax', 'invoice_credit_balance', 'sources', 'subscriptions', 'tax_ids'],
    });
    expect(customer).toMatchObject({
      invoice_credit_balance: {},
      sources: { data: [] },
      subscriptions: { data: [] },
      tax: { automatic_tax: 'unrecognized_location' },
      tax_ids: { data: [] },
    });
  });

  it('do not exist for other fields', async () => {
    const wrong = under.stripe.paymentIntents.retrieve(intent.id, { expand: ['amount'] });
    await expect(wrong).rejects.toMatchObject({ statusCode: 400, message: expect.stringContaining('(amount)') });
  });
});
