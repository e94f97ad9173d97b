import type Stripe from 'stripe';
import { SandboxUnderTest } from './support/sandbox-under-test.js';

const API_VERSION = '2026-10-28.endive';

describe('of customers, cards and payments', () => {
  let under: SandboxUnderTest;
  let customer: Stripe.Customer;

  beforeAll(async () => {
    under = await SandboxUnderTest.start();
    customer = await under.stripe.customers.create({ email: 'ada@example.com' });
  });
  afterAll(() => under.stop());

  const newMethod = () => under.stripe.paymentMethods.create({ type: 'card', card: { token: 'tok_visa' } });
  const withCard = (card: object) =>
    under.stripe.paymentMethods.create({
      type: 'card',
      card: {
        number: '4242424242424242',
        exp_month: 12,
        exp_year: 2040,
        ...card,
      } as Stripe.PaymentMethodCreateParams.Card,
    });

  it('a default payment method that is not the customer’s is refused, and one that is attached in the same call is not', async () => {
    const { id } = await newMethod();
    const error = { statusCode: 400, code: 'resource_missing', param: 'invoice_settings[default_payment_method]' };
    const settings = { invoice_settings: { default_payment_method: id } };
    await expect(under.stripe.customers.update(customer.id, settings)).rejects.toMatchObject(error);
    await expect(under.stripe.customers.create(settings)).rejects.toMatchObject(error);
    expect((await under.stripe.paymentMethods.retrieve(id)).customer).toBeNull();

    const made = await under.stripe.customers.create({ payment_method: id, ...settings });
    expect(made.invoice_settings.default_payment_method).toBe(id);
    await expect(under.stripe.customers.update(customer.id, settings)).rejects.toMatchObject(error);
    expect((await under.stripe.customers.update(made.id, settings)).invoice_settings.default_payment_method).toBe(id);
  });

  it.each([
    ['month', { exp_month: 13 }, 'invalid_expiry_month', 'card[exp_month]'],
    ['year', { exp_year: 1995 }, 'invalid_expiry_year', 'card[exp_year]'],
    ['security code', { cvc: '99' }, 'invalid_cvc', 'card[cvc]'],
  ])('a card whose %s is none is a card error', async (_, card, code, param) => {
    await expect(withCard(card)).rejects.toMatchObject({ statusCode: 402, rawType: 'card_error', code, param });
  });

  it('a list of methods of an unknown type, and a fee that no account pays, are refused', async () => {
    await expect(
      under.stripe.paymentMethods.list({ customer: customer.id, type: 'shells' as 'card' }),
    ).rejects.toMatchObject({ statusCode: 400, param: 'type' });
    const fee = { amount: 500, currency: 'usd', application_fee_amount: 10 };
    await expect(under.stripe.paymentIntents.create(fee)).rejects.toMatchObject({
      statusCode: 400,
      param: 'application_fee_amount',
    });
    await expect(under.stripe.charges.create({ ...fee, source: 'tok_visa' })).rejects.toMatchObject({
      param: 'application_fee_amount',
    });
    expect(
      await under.stripe.paymentIntents.create({ ...fee, transfer_data: { destination: 'acct_1A' } }),
    ).toMatchObject({ application_fee_amount: 10 });
  });

  it('an ephemeral key is of a customer, shows its secret once, and can be ended', async () => {
    const keys = under.stripe.ephemeralKeys;
    await expect(keys.create({}, { apiVersion: API_VERSION })).rejects.toMatchObject({ param: 'customer' });
    await expect(keys.create({ customer: 'cus_none' }, { apiVersion: API_VERSION })).rejects.toMatchObject({
      code: 'resource_missing',
      param: 'customer',
    });
    const key = await keys.create({ customer: customer.id }, { apiVersion: API_VERSION });
    expect(key).toEqual({
      id: expect.stringMatching(/^ephkey_1/),
      object: 'ephemeral_key',
      associated_objects: [{ id: customer.id, type: 'customer' }],
      created: expect.any(Number),
      expires: key.created + 3600,
      livemode: false,
      secret: expect.stringMatching(/^ek_test_/),
    });
    const { secret: _secret, ...shown } = key;
    expect(await keys.del(key.id)).toEqual({ ...shown, expires: expect.any(Number) });
    await expect(keys.del(key.id)).rejects.toMatchObject({ statusCode: 404, code: 'resource_missing' });
  });
});
