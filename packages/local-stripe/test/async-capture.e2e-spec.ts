import type Stripe from 'stripe';
import { SandboxUnderTest } from './support/sandbox-under-test.js';

describe('a charge that is captured asynchronously', () => {
  let under: SandboxUnderTest;
  const pay = async (params: Partial<Stripe.PaymentIntentCreateParams> = {}): Promise<Stripe.Charge> => {
    const { latest_charge } = await under.stripe.paymentIntents.create({
      amount: 1999,
      confirm: true,
      currency: 'usd',
      expand: ['latest_charge'],
      payment_method: 'pm_card_visa',
      return_url: 'https://shop.test/',
      ...params,
    });
    return latest_charge as Stripe.Charge;
  };

  beforeAll(async () => {
    under = await SandboxUnderTest.start();
  });
  afterAll(() => under.stop());

  it('is booked seconds later: charge.updated says so', async () => {
    const charge = await pay();
    expect(charge).toMatchObject({ balance_transaction: null, captured: true, status: 'succeeded' });

    await under.sandbox.moveClock(3000);
    const { data } = await under.receiver.event('charge.updated', charge.id);
    expect(data.previous_attributes).toEqual({ balance_transaction: null });
    const { balance_transaction } = await under.stripe.charges.retrieve(charge.id, { expand: ['balance_transaction'] });
    expect(balance_transaction).toMatchObject({ amount: 1999, source: charge.id, status: 'pending', type: 'charge' });
  });

  it('can be refunded before', async () => {
    const { id } = await pay();
    expect(await under.stripe.refunds.create({ charge: id })).toMatchObject({ amount: 1999, status: 'succeeded' });
    await under.sandbox.moveClock(3000);
    expect(await under.stripe.charges.retrieve(id)).toMatchObject({ amount_refunded: 1999, refunded: true });
  });

  it('is booked at once where the capture is automatic', async () => {
    expect((await pay({ capture_method: 'automatic' })).balance_transaction).toMatch(/^txn_/);
  });
});
