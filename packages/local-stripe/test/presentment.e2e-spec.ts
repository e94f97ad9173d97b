import type Stripe from 'stripe';
import { control } from './support/control.js';
import { openSession, payWithCard } from './support/customer.js';
import { SandboxUnderTest } from './support/sandbox-under-test.js';

describe('a payment that the customer sees in another currency', () => {
  let under: SandboxUnderTest;
  beforeAll(async () => {
    under = await SandboxUnderTest.start();
  });
  afterAll(() => under.stop());

  it('says so on the session, the payment, the charge and, in part, on the refund', async () => {
    const session = await openSession(under.stripe);
    const seen = { presentment_amount: 1850, presentment_currency: 'eur' };
    await control(under.sandbox).post(`/sessions/${session.id}/presentment`, { amount: 1850, currency: 'eur' });
    await payWithCard(session);

    const paid = await under.stripe.checkout.sessions.retrieve(session.id, {
      expand: ['payment_intent.latest_charge'],
    });
    const intent = paid.payment_intent as Stripe.PaymentIntent;
    expect(paid.presentment_details).toMatchObject({ presentment_currency: 'eur' });
    expect([intent, intent.latest_charge]).toMatchObject([
      { presentment_details: seen },
      { presentment_details: seen },
    ]);
    const refund = await under.stripe.refunds.create({ payment_intent: intent.id, amount: 1000 });
    expect(refund.presentment_details).toEqual({ presentment_amount: 925, presentment_currency: 'eur' });
  });
});
