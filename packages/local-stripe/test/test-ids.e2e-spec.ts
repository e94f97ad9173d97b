import type Stripe from 'stripe';
import { SandboxUnderTest } from './support/sandbox-under-test.js';

const return_url = 'http://shop.test/';

describe("Stripe's test ids of payment methods", () => {
  let under: SandboxUnderTest;
  let customer: string;

  beforeAll(async () => {
    under = await SandboxUnderTest.start();
    customer = (await under.stripe.customers.create({ name: 'Ada' })).id;
  });
  afterAll(() => under.stop());

  it('named twice in one call are one payment method, and are stored nowhere', async () => {
    const made = await under.stripe.customers.create({
      payment_method: 'pm_card_visa',
      invoice_settings: { default_payment_method: 'pm_card_visa' },
    });
    const { data } = await under.stripe.customers.listPaymentMethods(made.id);
    expect(data).toHaveLength(1);
    expect(made.invoice_settings.default_payment_method).toBe(data[0]?.id);

    const updated = await under.stripe.customers.update(made.id, {
      invoice_settings: { default_payment_method: 'pm_card_amex' },
    });
    expect(updated.invoice_settings.default_payment_method).toMatch(/^pm_1/);
  });

  it('become a payment method where they are retrieved', async () => {
    expect(await under.stripe.paymentMethods.retrieve('pm_card_mastercard')).toMatchObject({
      id: expect.stringMatching(/^pm_1/),
      allow_redisplay: 'unspecified',
      billing_details: { address: { city: null, country: null, line1: null } },
      card: { brand: 'mastercard', checks: { cvc_check: 'unchecked' }, last4: '4444' },
    });
    await expect(under.stripe.paymentMethods.retrieve('pm_card_none')).rejects.toMatchObject({
      code: 'resource_missing',
      param: 'payment_method',
    });
  });

  it.each([
    ['pm_card_de', { country: 'DE', last4: '0016' }],
    ['pm_card_mastercard_prepaid', { funding: 'prepaid' }],
    ['pm_card_amex', { brand: 'amex', display_brand: 'american_express' }],
  ])('%s is its card', async (id, card) => {
    expect(await under.stripe.paymentMethods.retrieve(id)).toMatchObject({ card });
  });

  it.each([
    ['pm_card_chargeDeclined', 'card_declined', 'generic_decline', 'try_again_later'],
    ['pm_card_chargeDeclinedLostCard', 'card_declined', 'lost_card', 'do_not_try_again'],
    ['pm_card_chargeDeclinedExpiredCard', 'expired_card', 'expired_card', 'confirm_card_data'],
  ])('%s cannot be saved to a customer', async (id, code, decline_code, advice_code) => {
    await expect(under.stripe.paymentMethods.attach(id, { customer })).rejects.toMatchObject({
      type: 'StripeCardError',
      statusCode: 402,
      code,
      decline_code,
      raw: { advice_code },
    });
  });

  it('of a card that fails later can be saved, and declines the payment', async () => {
    const { id } = await under.stripe.paymentMethods.attach('pm_card_chargeCustomerFail', { customer });
    const params = { amount: 500, currency: 'usd', confirm: true, customer, payment_method: id, return_url };
    await expect(under.stripe.paymentIntents.create(params)).rejects.toMatchObject({ code: 'card_declined' });
  });

  it('a payment method that paid without a customer, or was detached, pays nothing else', async () => {
    const params = {
      amount: 500,
      currency: 'usd',
      confirm: true,
      return_url,
    } satisfies Stripe.PaymentIntentCreateParams;
    const { payment_method } = await under.stripe.paymentIntents.create({ ...params, payment_method: 'pm_card_visa' });
    const again = under.stripe.paymentIntents.create({ ...params, payment_method: String(payment_method) });
    await expect(again).rejects.toMatchObject({ statusCode: 400, message: expect.stringContaining('previously used') });

    const { id } = await under.stripe.paymentMethods.attach('pm_card_visa', { customer });
    await under.stripe.paymentMethods.detach(id);
    await expect(under.stripe.paymentMethods.attach(id, { customer })).rejects.toMatchObject({ statusCode: 400 });
  });

  it('of other types are paid at a page of their own', async () => {
    const waiting = await under.stripe.paymentIntents.create({
      allowed_payment_method_types: ['ideal'],
      amount: 500,
      confirm: true,
      currency: 'eur',
      payment_method_data: { type: 'ideal', ideal: { bank: 'abn_amro' } },
      return_url,
    });
    const url = String(waiting.next_action?.redirect_to_url?.url);
    await fetch(url, { method: 'POST', body: new URLSearchParams({ outcome: 'complete' }), redirect: 'manual' });
    expect(await under.stripe.paymentIntents.retrieve(waiting.id, { expand: ['payment_method'] })).toMatchObject({
      payment_method: { type: 'ideal', ideal: { bank: 'abn_amro' } },
      status: 'succeeded',
    });
  });
});
