import type Stripe from 'stripe';
import { control } from './support/control.js';
import { paidSession, see } from './support/customer.js';
import { SandboxUnderTest } from './support/sandbox-under-test.js';

describe('an early fraud warning', () => {
  let under: SandboxUnderTest;

  beforeAll(async () => {
    under = await SandboxUnderTest.start();
  });
  afterAll(() => under.stop());

  const paid = async (number?: string) =>
    (await paidSession(under.stripe, number)).payment_intent as Stripe.PaymentIntent;
  const warned = async () => {
    const intent = await paid('4000 0000 0000 5423');
    const { data } = await under.stripe.radar.earlyFraudWarnings.list({ payment_intent: intent.id });
    return { intent, warning: data[0] as Stripe.Radar.EarlyFraudWarning };
  };
  const find = ({ id }: Stripe.Radar.EarlyFraudWarning) => under.stripe.radar.earlyFraudWarnings.retrieve(id);

  it('comes with the card for it, after the payment [M11]', async () => {
    const { intent, warning } = await warned();
    const charge = intent.latest_charge as Stripe.Charge;

    expect(intent.status).toBe('succeeded');
    expect(warning).toEqual({
      id: expect.stringMatching(/^issfr_/),
      object: 'radar.early_fraud_warning',
      actionable: true,
      charge: charge.id,
      created: expect.any(Number),
      fraud_type: 'misc',
      livemode: false,
      payment_intent: intent.id,
    });
    const { data } = await under.receiver.event('radar.early_fraud_warning.created', intent.id);
    expect(data.object).toEqual(warning);
    const expanded = await under.stripe.radar.earlyFraudWarnings.retrieve(warning.id, { expand: ['charge'] });
    expect(expanded.charge).toMatchObject({ id: charge.id, disputed: false });
    expect(await see(`${under.sandbox.url}/payments/${intent.id}`)).toContain(warning.id);
  });

  it('can be acted on until all is refunded; a part is not enough [M11]', async () => {
    const { intent, warning } = await warned();
    await under.stripe.refunds.create({ payment_intent: intent.id, amount: 500 });
    expect(await find(warning)).toMatchObject({ actionable: true });

    await under.stripe.refunds.create({ payment_intent: intent.id });
    expect(await find(warning)).toMatchObject({ actionable: false });
    const { data } = await under.receiver.event('radar.early_fraud_warning.updated', warning.id);
    expect(data).toMatchObject({ object: { actionable: false }, previous_attributes: { actionable: true } });
  });

  it('cannot be acted on any more once the payment is disputed [M11]', async () => {
    const { intent, warning } = await warned();
    await control(under.sandbox).post(`/payments/${intent.id}/dispute`);

    expect(await find(warning)).toMatchObject({ actionable: false });
    await under.receiver.event('radar.early_fraud_warning.updated', warning.id);
  });

  it('can come to any payment, when the bank finds out [M11]', async () => {
    const { id } = await paid();
    const { post } = control(under.sandbox);
    const answer = await post(`/payments/${id}/early_fraud_warning`, { fraud_type: 'made_with_lost_card' });

    expect(answer).toMatchObject({ status: 200, body: { fraud_type: 'made_with_lost_card', actionable: true } });
    expect(await post(`/payments/${id}/early_fraud_warning`, { fraud_type: 'bad' })).toMatchObject({ status: 400 });
    expect(await post('/payments/pi_none/early_fraud_warning')).toMatchObject({ status: 404 });
  });
});
