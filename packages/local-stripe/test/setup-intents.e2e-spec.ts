import type Stripe from 'stripe';
import { submit } from './support/customer.js';
import { SandboxUnderTest } from './support/sandbox-under-test.js';

describe('a Setup Intent', () => {
  let under: SandboxUnderTest;
  let customer: string;

  beforeAll(async () => {
    under = await SandboxUnderTest.start();
  });
  afterAll(() => under.stop());
  beforeEach(async () => {
    customer = (await under.stripe.customers.create({ email: 'ada@example.com' })).id;
  });

  const create = (params: Stripe.SetupIntentCreateParams = {}) =>
    under.stripe.setupIntents.create({ customer, allowed_payment_method_types: ['card'], ...params });

  it('saves a card to the customer when it is confirmed', async () => {
    const intent = await create();
    expect(intent).toMatchObject({ status: 'requires_payment_method', usage: 'off_session', payment_method: null });
    const done = await under.stripe.setupIntents.confirm(intent.id, { payment_method: 'pm_card_visa' });
    expect(done.status).toBe('succeeded');
    const { data } = await under.stripe.paymentMethods.list({ customer });
    expect(data.map(({ id }) => id)).toEqual([done.payment_method]);
    const { latest_attempt } = await under.stripe.setupIntents.retrieve(done.id, { expand: ['latest_attempt'] });
    expect(latest_attempt).toMatchObject({ object: 'setup_attempt', status: 'succeeded' });
    await under.receiver.event('setup_intent.created', intent.id);
    await under.receiver.event('setup_intent.succeeded', intent.id);
  });

  it('waits for 3D Secure, and goes back to the return URL', async () => {
    const intent = await create({
      confirm: true,
      payment_method: 'pm_card_authenticationRequiredOnSetup',
      return_url: 'http://shop.test/back',
    });
    expect(intent.status).toBe('requires_action');
    const { url } = intent.next_action?.redirect_to_url ?? {};
    const answer = await submit(String(url), { outcome: 'complete' });
    expect(answer.headers.get('location')).toContain(`setup_intent=${intent.id}`);
    expect(answer.headers.get('location')).toContain('redirect_status=succeeded');
    expect((await under.stripe.setupIntents.retrieve(intent.id)).status).toBe('succeeded');
  });

  it('needs another card when the authentication fails', async () => {
    const { id, next_action } = await create({
      confirm: true,
      payment_method: 'pm_card_threeDSecure2Required',
      return_url: 'http://shop.test/back',
    });
    await submit(String(next_action?.redirect_to_url?.url), { outcome: 'fail' });
    const failed = await under.stripe.setupIntents.retrieve(id);
    expect(failed.status).toBe('requires_payment_method');
    expect(failed.last_setup_error?.code).toBe('setup_intent_authentication_failure');
  });

  it('keeps a declined attempt, which is 402', async () => {
    const { id } = await create();
    const error = await under.stripe.setupIntents
      .confirm(id, { payment_method: 'pm_card_chargeDeclinedInsufficientFunds' })
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ statusCode: 402, code: 'card_declined', decline_code: 'insufficient_funds' });
    const failed = await under.stripe.setupIntents.retrieve(id);
    expect(failed).toMatchObject({ status: 'requires_payment_method', last_setup_error: { code: 'card_declined' } });
    await under.receiver.event('setup_intent.setup_failed', id);
  });

  it('saves the card that fails only when it is charged', async () => {
    const intent = await create({ confirm: true, payment_method: 'pm_card_chargeCustomerFail' });
    expect(intent.status).toBe('succeeded');
  });

  it('is canceled, and then cannot be confirmed', async () => {
    const { id } = await create();
    const canceled = await under.stripe.setupIntents.cancel(id, { cancellation_reason: 'abandoned' });
    expect(canceled).toMatchObject({ status: 'canceled', cancellation_reason: 'abandoned' });
    await expect(under.stripe.setupIntents.confirm(id, { payment_method: 'pm_card_visa' })).rejects.toMatchObject({
      statusCode: 400,
      code: 'setup_intent_unexpected_state',
    });
  });

  it('is updated and listed', async () => {
    const { id } = await create();
    const updated = await under.stripe.setupIntents.update(id, {
      metadata: { order: '7' },
      payment_method: 'pm_card_visa',
    });
    expect(updated).toMatchObject({ metadata: { order: '7' }, status: 'requires_confirmation' });
    const { data } = await under.stripe.setupIntents.list({ customer });
    expect(data.map((each) => each.id)).toEqual([id]);
  });

  it('collects the payment method of a trial without one', async () => {
    const product = await under.stripe.products.create({ name: 'Pro' });
    const price = await under.stripe.prices.create({
      product: product.id,
      currency: 'usd',
      unit_amount: 1000,
      recurring: { interval: 'month' },
    });
    const subscription = await under.stripe.subscriptions.create({
      customer,
      items: [{ price: price.id }],
      trial_period_days: 14,
      expand: ['pending_setup_intent'],
    });
    const pending = subscription.pending_setup_intent as Stripe.SetupIntent;
    expect(pending).toMatchObject({ object: 'setup_intent', status: 'requires_payment_method', customer });
    const done = await under.stripe.setupIntents.confirm(pending.id, { payment_method: 'pm_card_visa' });
    expect(await under.stripe.subscriptions.retrieve(subscription.id)).toMatchObject({
      pending_setup_intent: null,
      default_payment_method: done.payment_method,
    });
  });
});
