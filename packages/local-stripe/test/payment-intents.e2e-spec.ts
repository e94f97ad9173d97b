import type Stripe from 'stripe';
import { see, submit } from './support/customer.js';
import { SandboxUnderTest } from './support/sandbox-under-test.js';

const return_url = 'http://shop.test/';

describe('a Payment Intent made over the API', () => {
  let under: SandboxUnderTest;

  beforeAll(async () => {
    under = await SandboxUnderTest.start({ bankDebitDelayMs: 30, refundFailureDelayMs: 30 });
  });
  afterAll(() => under.stop());

  const create = (payment_method?: string, more: Partial<Stripe.PaymentIntentCreateParams> = {}) =>
    under.stripe.paymentIntents.create({
      amount: 2000,
      currency: 'usd',
      ...((payment_method ?? more.confirm) && { return_url }),
      ...(payment_method && { confirm: true, payment_method }),
      ...more,
    });
  const chargesOf = async ({ id }: Stripe.PaymentIntent): Promise<Stripe.Charge[]> =>
    (await under.stripe.charges.list({ payment_intent: id })).data;

  it('goes from its creation to its confirmation step by step', async () => {
    const { id, client_secret } = await create();
    expect(client_secret).toMatch(new RegExp(`^${id}_secret_`));
    await expect(under.stripe.paymentIntents.confirm(id)).rejects.toMatchObject({
      statusCode: 400,
      code: 'payment_intent_unexpected_state',
      payment_intent: { id },
    });
    const update = { amount: 2100, description: 'Order 7', payment_method: 'pm_card_mastercard' };
    expect(await under.stripe.paymentIntents.update(id, update)).toMatchObject({
      ...update,
      payment_method: expect.stringMatching(/^pm_1/),
      status: 'requires_confirmation',
    });

    const confirmed = await under.stripe.paymentIntents.confirm(id, {
      expand: ['latest_charge', 'payment_method'],
      return_url,
    });
    expect(confirmed).toMatchObject({
      status: 'succeeded',
      amount_received: 2100,
      latest_charge: { description: 'Order 7', payment_method_details: { card: { brand: 'mastercard' } } },
      payment_method: { card: { last4: '4444' } },
    });
    await under.receiver.event('payment_intent.created', id);
    await under.receiver.event('payment_intent.succeeded', id);
    await expect(under.stripe.paymentIntents.update(id, { amount: 1 })).rejects.toMatchObject({
      code: 'payment_intent_unexpected_state',
    });
    await expect(under.stripe.paymentIntents.cancel(id)).rejects.toMatchObject({ statusCode: 400 });
  });

  it.each([
    ['pm_card_chargeDeclined', 'card_declined', 'generic_decline'],
    ['pm_card_visa_chargeDeclinedInsufficientFunds', 'card_declined', 'insufficient_funds'],
    ['pm_card_chargeDeclinedLostCard', 'card_declined', 'lost_card'],
    ['pm_card_chargeDeclinedExpiredCard', 'expired_card', 'expired_card'],
    ['pm_card_chargeDeclinedIncorrectCvc', 'incorrect_cvc', 'incorrect_cvc'],
    ['pm_card_chargeDeclinedProcessingError', 'processing_error', 'processing_error'],
  ])('is declined with %s, and keeps what was tried', async (method, code, decline_code) => {
    const error = await create(method).catch((caught: unknown) => caught as Stripe.errors.StripeCardError);

    expect(error).toMatchObject({ type: 'StripeCardError', statusCode: 402, code, decline_code });
    const { id } = (error as Stripe.errors.StripeCardError).payment_intent as Stripe.PaymentIntent;
    const kept = await under.stripe.paymentIntents.retrieve(id);
    expect(kept).toMatchObject({ status: 'requires_payment_method', last_payment_error: { code } });
    expect(await chargesOf(kept)).toMatchObject([{ status: 'failed', paid: false }]);
    await under.receiver.event('charge.failed', id);
    await under.receiver.event('payment_intent.payment_failed', id);
    const paid = await under.stripe.paymentIntents.confirm(id, {
      payment_method: 'pm_card_visa',
      return_url,
    });
    expect(paid).toMatchObject({ status: 'succeeded', last_payment_error: null });
  });

  it('gives the same refusal to the same key, and tries the card once', async () => {
    const asked = () =>
      under.stripe.paymentIntents.create(
        { amount: 2000, currency: 'usd', confirm: true, payment_method: 'pm_card_chargeDeclined', return_url },
        { idempotencyKey: 'declined' },
      );
    const first = await asked().catch((caught: unknown) => caught as Stripe.errors.StripeCardError);
    const again = await asked().catch((caught: unknown) => caught as Stripe.errors.StripeCardError);

    expect(again).toMatchObject({ statusCode: 402, headers: { 'idempotent-replayed': 'true' } });
    const ids = [first, again].map((error) => (error as Stripe.errors.StripeCardError).payment_intent?.id);
    expect(new Set(ids).size).toBe(1);
  });

  it('is reserved first and captured in part, or all of it', async () => {
    const reserved = await create('pm_card_visa', { capture_method: 'manual' });
    expect(reserved).toMatchObject({ status: 'requires_capture', amount_capturable: 2000, amount_received: 0 });
    const [charge] = await chargesOf(reserved);
    expect(charge).toMatchObject({ captured: false, paid: true, balance_transaction: null });
    await expect(under.stripe.refunds.create({ charge: String(charge?.id) })).rejects.toMatchObject({
      statusCode: 400,
    });
    const tooMuch = under.stripe.paymentIntents.capture(reserved.id, { amount_to_capture: 2001 });
    await expect(tooMuch).rejects.toMatchObject({ code: 'amount_too_large', param: 'amount_to_capture' });

    const captured = await under.stripe.paymentIntents.capture(reserved.id, { amount_to_capture: 1500 });
    expect(captured).toMatchObject({ status: 'succeeded', amount_capturable: 0, amount_received: 1500 });
    const { data } = await under.receiver.event('charge.captured', reserved.id);
    expect(data.object).toMatchObject({ captured: true, amount_captured: 1500 });
    await expect(under.stripe.paymentIntents.capture(reserved.id)).rejects.toMatchObject({ statusCode: 400 });
    expect(await under.stripe.refunds.create({ payment_intent: reserved.id })).toMatchObject({ amount: 1500 });

    const whole = await create('pm_card_visa', { capture_method: 'manual' });
    expect(await under.stripe.charges.capture(String(whole.latest_charge))).toMatchObject({ amount_captured: 2000 });
    await expect(under.stripe.charges.capture(String(whole.latest_charge))).rejects.toMatchObject({
      code: 'charge_already_captured',
    });
  });

  it('can be canceled, and gives back what was reserved', async () => {
    const reserved = await create('pm_card_visa', { capture_method: 'manual' });
    const canceled = await under.stripe.paymentIntents.cancel(reserved.id, { cancellation_reason: 'abandoned' });

    expect(canceled).toMatchObject({ status: 'canceled', cancellation_reason: 'abandoned', amount_capturable: 0 });
    expect(await chargesOf(canceled)).toMatchObject([{ refunded: true, amount_refunded: 2000 }]);
    await under.receiver.event('payment_intent.canceled', reserved.id);
    await expect(under.stripe.paymentIntents.confirm(reserved.id)).rejects.toMatchObject({ statusCode: 400 });
  });

  it.each([
    ['pm_card_threeDSecureRequiredChargeDeclined', 'generic_decline'],
    ['pm_card_authenticationRequiredChargeDeclinedInsufficientFunds', 'insufficient_funds'],
  ])('%s is declined after its authentication', async (alias, decline_code) => {
    const waiting = await create(alias, { return_url: 'http://shop.test/done' });
    const url = String(waiting.next_action?.redirect_to_url?.url);
    const back = (await submit(url, { outcome: 'complete' })).headers.get('location');
    expect(back).toContain('redirect_status=failed');
    const failed = await under.stripe.paymentIntents.retrieve(waiting.id, { expand: ['latest_charge'] });
    expect(failed).toMatchObject({
      status: 'requires_payment_method',
      last_payment_error: { code: 'card_declined', decline_code },
      latest_charge: { status: 'failed' },
    });
    await under.receiver.event('payment_intent.payment_failed', waiting.id);
  });

  it('asks for authentication at a page, and leads back to the shop', async () => {
    const waiting = await create('pm_card_authenticationRequired', { return_url: 'http://shop.test/done?order=7' });
    expect(waiting).toMatchObject({ status: 'requires_action', next_action: { type: 'redirect_to_url' } });
    const url = String(waiting.next_action?.redirect_to_url?.url);
    expect(await see(url)).toContain('Complete authentication');

    const back = await submit(url, { outcome: 'complete' });
    expect(back.headers.get('location')).toBe(
      `http://shop.test/done?order=7&payment_intent=${waiting.id}&redirect_status=succeeded`,
    );
    expect(await under.stripe.paymentIntents.retrieve(waiting.id)).toMatchObject({ status: 'succeeded' });
    expect((await fetch(url)).status).toBe(404);

    const refused = await create('pm_card_authenticationRequired', { return_url: 'http://shop.test/' });
    await submit(String(refused.next_action?.redirect_to_url?.url), { outcome: 'fail' });
    expect(await under.stripe.paymentIntents.retrieve(refused.id)).toMatchObject({
      status: 'requires_payment_method',
      last_payment_error: { code: 'payment_intent_authentication_failure' },
    });
    const inOneGo = create('pm_card_authenticationRequired', { error_on_requires_action: true });
    await expect(inOneGo).rejects.toMatchObject({ code: 'authentication_required' });
  });

  it('by bank debit is processing first, and settles or fails later', async () => {
    const settling = await create('pm_usBankAccount_success');
    expect(settling).toMatchObject({ status: 'processing' });
    await under.receiver.event('payment_intent.succeeded', settling.id);

    const iban = (number: string) =>
      create(undefined, {
        confirm: true,
        currency: 'eur',
        payment_method_data: { type: 'sepa_debit', sepa_debit: { iban: number }, billing_details: { name: 'Ada' } },
      });
    const failing = await iban('AT86 1904 3002 3547 3202');
    await under.receiver.event('payment_intent.payment_failed', failing.id);
    await expect(iban('nonsense')).rejects.toMatchObject({
      param: 'payment_method_data[sepa_debit][iban]',
      code: 'invalid_bank_account_iban',
    });
  });

  it('at a shop’s till is refunded only once the customer says where to, or not at all', async () => {
    const voucher = await create(undefined, {
      confirm: true,
      currency: 'jpy',
      payment_method_data: { type: 'konbini', billing_details: { name: 'Ada', email: 'ada@example.com' } },
    });
    expect(voucher).toMatchObject({ status: 'requires_action', next_action: { type: 'konbini_display_details' } });
    await under.receiver.event('payment_intent.succeeded', voucher.id);

    const asked = { payment_intent: voucher.id, amount: 500, instructions_email: 'ada@example.com' };
    const refund = await under.stripe.refunds.create(asked);
    expect(refund).toMatchObject({ status: 'requires_action', instructions_email: 'ada@example.com' });
    expect(await under.stripe.refunds.cancel(refund.id)).toMatchObject({ status: 'canceled' });
    const [charge] = await chargesOf(voucher);
    expect(charge).toMatchObject({ amount_refunded: 0 });
    await under.receiver.event('refund.updated', refund.id);
    await expect(under.stripe.refunds.cancel(refund.id)).rejects.toMatchObject({ statusCode: 400 });
  });

  it('takes no method of a type that it does not allow, and none that nobody knows', async () => {
    const cardOnly = create('pm_usBankAccount_success', { allowed_payment_method_types: ['card'] });
    await expect(cardOnly).rejects.toMatchObject({ code: 'payment_intent_incompatible_payment_method' });
    await expect(create('pm_card_none')).rejects.toMatchObject({ code: 'resource_missing', param: 'payment_method' });
    await expect(create('pm_card_visa', { customer: 'cus_none' })).rejects.toMatchObject({ param: 'customer' });
    await expect(create(undefined, { amount: 0 })).rejects.toMatchObject({ param: 'amount' });
  });

  it('is disputed at once with the card for it', async () => {
    const { id } = await create('pm_card_createDispute');

    expect((await under.stripe.disputes.list({ payment_intent: id })).data).toMatchObject([
      { status: 'needs_response', reason: 'fraudulent' },
    ]);
  });
});
