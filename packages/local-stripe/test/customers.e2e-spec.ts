import type Stripe from 'stripe';
import { openSession, payWithCard } from './support/customer.js';
import { SandboxUnderTest } from './support/sandbox-under-test.js';

describe('a customer', () => {
  let under: SandboxUnderTest;

  beforeAll(async () => {
    under = await SandboxUnderTest.start();
  });
  afterAll(() => under.stop());

  const ADDRESS = { line1: '510 Townsend St', city: 'San Francisco', country: 'US', postal_code: '94103', state: 'CA' };

  it('is told about, changed and unset field by field', async () => {
    const { id } = await under.stripe.customers.create({
      email: 'ada@example.com',
      name: 'Ada',
      address: ADDRESS,
      shipping: { name: 'Ada', address: ADDRESS },
    });
    const after = await under.stripe.customers.update(id, { name: 'Ada L.', address: '', phone: '+1555' });

    expect(after).toMatchObject({ email: 'ada@example.com', name: 'Ada L.', address: null, phone: '+1555' });
    expect(after.shipping).toMatchObject({ name: 'Ada', address: { ...ADDRESS, line2: null } });
    const { data } = await under.receiver.event('customer.updated', id);
    expect(data.previous_attributes).toMatchObject({ name: 'Ada', phone: null, address: { city: 'San Francisco' } });
    await expect(under.stripe.customers.create({ email: 'nobody' })).rejects.toMatchObject({ code: 'email_invalid' });
  });

  it('keeps payment methods, one of them as the default', async () => {
    const { id } = await under.stripe.customers.create({ payment_method: 'pm_card_visa' });
    const amex = await under.stripe.paymentMethods.attach('pm_card_amex', { customer: id });
    const named = { invoice_settings: { default_payment_method: amex.id } };
    const expand = ['invoice_settings.default_payment_method'];

    expect(await under.stripe.customers.update(id, { ...named, expand })).toMatchObject({
      invoice_settings: { default_payment_method: { card: { brand: 'amex' } } },
    });
    const kept = await under.stripe.customers.listPaymentMethods(id, { type: 'card' });
    expect(kept.data.map(({ card }) => card?.brand)).toEqual(['amex', 'visa']);
    await under.receiver.event('payment_method.attached', amex.id);
    expect(await under.stripe.paymentMethods.detach(amex.id)).toMatchObject({ customer: null });
    await under.receiver.event('payment_method.detached', amex.id);
    await expect(under.stripe.paymentMethods.detach(amex.id)).rejects.toMatchObject({ statusCode: 400 });
    expect((await under.stripe.paymentMethods.list({ customer: id })).data).toHaveLength(1);
  });

  it('is the only one who can pay with what they keep', async () => {
    const ada = await under.stripe.customers.create({ name: 'Ada' });
    const eve = await under.stripe.customers.create({ name: 'Eve' });
    const { id: payment_method } = await under.stripe.paymentMethods.attach('pm_card_visa', { customer: ada.id });
    const pay = (customer?: string) =>
      under.stripe.paymentIntents.create({
        amount: 500,
        currency: 'usd',
        confirm: true,
        return_url: 'http://shop.test/',
        payment_method,
        ...(customer && { customer }),
      });

    await expect(pay()).rejects.toMatchObject({ param: 'payment_method' });
    await expect(pay(eve.id)).rejects.toMatchObject({ param: 'payment_method' });
    expect(await pay(ada.id)).toMatchObject({ status: 'succeeded', customer: ada.id });
    expect((await under.stripe.charges.list({ customer: ada.id })).data).toHaveLength(1);
    await expect(under.stripe.paymentMethods.attach(payment_method, { customer: eve.id })).rejects.toMatchObject({
      statusCode: 400,
    });
  });

  it('that is deleted can still be asked for, and is named by what they bought', async () => {
    const { id } = await under.stripe.customers.create({ name: 'Ada' });
    const session = await openSession(under.stripe, { customer: id });
    await payWithCard(session);
    await under.stripe.customers.del(id);

    expect(await under.stripe.customers.retrieve(id)).toEqual(
      expect.objectContaining({ id, object: 'customer', deleted: true }),
    );
    const bought = await under.stripe.checkout.sessions.retrieve(session.id, { expand: ['customer'] });
    expect(bought.customer).toMatchObject({ id, deleted: true });
    const { data } = await under.receiver.event('customer.deleted', id);
    expect(data.object).toMatchObject({ name: 'Ada' });
    await expect(under.stripe.customers.update(id, { name: 'A' })).rejects.toMatchObject({ statusCode: 404 });
  });

  it('is made by Checkout where that is asked for, and charged again later', async () => {
    const session = await openSession(under.stripe, { payment_intent_data: { setup_future_usage: 'off_session' } });
    await payWithCard(session);
    const { customer } = await under.stripe.checkout.sessions.retrieve(session.id);
    const kept = await under.stripe.customers.listPaymentMethods(String(customer));

    expect(kept.data).toMatchObject([{ card: { last4: '4242' }, billing_details: { name: 'Ada Lovelace' } }]);
    const again: Stripe.PaymentIntentCreateParams = {
      amount: 700,
      currency: 'usd',
      confirm: true,
      return_url: 'http://shop.test/',
      customer: String(customer),
      off_session: true,
      payment_method: String(kept.data[0]?.id),
    };
    expect(await under.stripe.paymentIntents.create(again)).toMatchObject({ status: 'succeeded' });
  });

  it('sends the number of a test card or a token, and no other number', async () => {
    const numbered = (number: string) =>
      under.stripe.paymentMethods.create({ type: 'card', card: { number, exp_month: 12, exp_year: 2040 } });
    expect(await numbered('4000056655665556')).toMatchObject({ card: { funding: 'debit', last4: '5556' } });
    const refusal = { statusCode: 402, message: expect.not.stringContaining('4539') };
    await expect(numbered('4539148803436467')).rejects.toMatchObject(refusal);
    const card = { token: 'tok_visa' };
    expect(await under.stripe.paymentMethods.create({ type: 'card', card })).toMatchObject({ card: { last4: '4242' } });
    await expect(
      under.stripe.paymentMethods.create({ type: 'card', card: { token: 'tok_none' } }),
    ).rejects.toMatchObject({ code: 'resource_missing', param: 'card[token]' });
  });
});
