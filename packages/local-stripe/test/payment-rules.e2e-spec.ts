import type Stripe from 'stripe';
import { PlainStripe } from './support/plain-stripe.js';
import { SandboxUnderTest } from './support/sandbox-under-test.js';

describe('what Stripe demands of a Payment Intent', () => {
  let under: SandboxUnderTest;
  const create = (params: Partial<Stripe.PaymentIntentCreateParams>) =>
    under.stripe.paymentIntents.create({ amount: 500, currency: 'usd', ...params });

  beforeAll(async () => {
    under = await SandboxUnderTest.start();
  });
  afterAll(() => under.stop());

  it.each([
    [49, 'usd', 'amount_too_small'],
    [49, 'jpy', 'amount_too_small'],
    [29, 'gbp', 'amount_too_small'],
    [100_000_000, 'usd', 'amount_too_large'],
    [0, 'usd', 'parameter_invalid_integer'],
    [150, 'isk', 'parameter_invalid_integer'],
    [150, 'ugx', 'parameter_invalid_integer'],
    [5001, 'kwd', 'parameter_invalid_integer'],
  ])('%i %s is refused: %s', async (amount, currency, code) => {
    await expect(create({ amount, currency })).rejects.toMatchObject({ statusCode: 400, code });
  });

  it.each([
    [50, 'usd'],
    [30, 'gbp'],
    [200, 'isk'],
    [5000, 'kwd'],
  ])('%i %s is taken', async (amount, currency) => {
    expect(await create({ amount, currency })).toMatchObject({ amount, currency });
  });

  it('an address to return to, where the payment method may lead away; and who names no version needs none', async () => {
    const now = { confirm: true, payment_method: 'pm_card_visa' };
    await expect(create(now)).rejects.toMatchObject({ message: expect.stringContaining('`return_url`') });
    const stays = { automatic_payment_methods: { allow_redirects: 'never', enabled: true } } as const;
    expect(await create({ ...now, ...stays })).toMatchObject({ status: 'succeeded' });
    expect(await create({ ...now, allowed_payment_method_types: ['card'] })).toMatchObject({ status: 'succeeded' });
    const older = new PlainStripe(under.sandbox.port, '2022-11-15');
    const answer = await older.post('payment_intents', { ...now, confirm: 'true', amount: '500', currency: 'usd' });
    expect(answer).toMatchObject({
      status: 200,
      body: { payment_method_types: ['card'], capture_method: 'automatic' },
    });
  });

  it('payment method types that exist and take the currency', async () => {
    const types = (allowed_payment_method_types: string[]) => create({ allowed_payment_method_types });
    await expect(types(['card', 'nothing'])).rejects.toMatchObject({ statusCode: 400 });
    await expect(types(['ideal'])).rejects.toMatchObject({ message: expect.stringContaining('usd') });
    expect(await types(['card', 'cashapp'])).toMatchObject({ payment_method_types: ['card', 'cashapp'] });
  });

  it('a confirmation, where it is off session', async () => {
    await expect(create({ off_session: true })).rejects.toMatchObject({ param: 'off_session' });
  });

  it('known options of payment methods, which are kept and never null', async () => {
    expect(await create({})).toMatchObject({
      payment_method_options: { card: { request_three_d_secure: 'automatic' } },
    });
    const kept = await create({ payment_method_options: { card: { request_three_d_secure: 'any' } } });
    expect(kept.payment_method_options).toMatchObject({ card: { installments: null, request_three_d_secure: 'any' } });
    const unknown = { payment_method_options: { card: { nothing: 'x' } } } as object;
    await expect(create(unknown)).rejects.toMatchObject({ code: 'parameter_unknown' });
  });

  it('a customer that exists, also in the filter of a list', async () => {
    const refused = { code: 'resource_missing', param: 'customer', statusCode: 400 };
    await expect(create({ customer: 'cus_none' })).rejects.toMatchObject(refused);
    await expect(under.stripe.paymentIntents.list({ customer: 'cus_none' })).rejects.toMatchObject(refused);
    await expect(under.stripe.charges.list({ customer: 'cus_none' })).rejects.toMatchObject(refused);
  });

  it('its id, which the error calls `intent`, and a payment method’s `payment_method`', async () => {
    await expect(under.stripe.paymentIntents.retrieve('pi_none')).rejects.toMatchObject({ param: 'intent' });
    await expect(under.stripe.paymentMethods.retrieve('pm_none')).rejects.toMatchObject({ param: 'payment_method' });
  });
});
