import type Stripe from 'stripe';
import { CARD, payWithCard, see, submit } from './support/customer.js';
import { SandboxUnderTest } from './support/sandbox-under-test.js';

const DAY_MS = 24 * 60 * 60 * 1000;

describe('Checkout in subscription mode', () => {
  let under: SandboxUnderTest;
  let price: string;

  beforeAll(async () => {
    under = await SandboxUnderTest.start({ bankDebitDelayMs: DAY_MS });
    const product = await under.stripe.products.create({ name: 'Pro' });
    const recurring = { interval: 'month' as const };
    price = (await under.stripe.prices.create({ product: product.id, currency: 'usd', unit_amount: 2000, recurring }))
      .id;
  });
  afterAll(() => under.stop());

  const open = (params: Stripe.Checkout.SessionCreateParams = {}) =>
    under.stripe.checkout.sessions.create({
      mode: 'subscription',
      line_items: [{ price, quantity: 1 }],
      success_url: 'http://shop.test/success',
      ...params,
    });
  const completed = (id: string) =>
    under.stripe.checkout.sessions.retrieve(id, { expand: ['subscription', 'invoice', 'line_items'] });
  /** The types of the events since one, oldest first. */
  const typesSince = async (since: string) =>
    (await under.stripe.events.list({ limit: 50, ending_before: since })).data.map(({ type }) => type).toReversed();
  const lastEvent = async () => String((await under.stripe.events.list({ limit: 1 })).data[0]?.id);

  it('shows the price for each interval and what is due today', async () => {
    const session = await open({ line_items: [{ price, quantity: 3 }] });
    expect(session).toMatchObject({
      amount_total: 6000,
      customer_creation: 'always',
      payment_method_collection: 'always',
      payment_status: 'unpaid',
      subscription: null,
      invoice: null,
    });
    const page = await see(String(session.url));
    expect(page).toContain('Subscribe to Pro');
    expect(page).toContain('$60.00 per month');
    expect(page).toContain('<dt>Total due today</dt><dd>$60.00</dd>');
    expect(page).toContain('>Subscribe</button>');
  });

  it('makes the subscription after the payment, and tells of both in order', async () => {
    const session = await open({ subscription_data: { metadata: { plan: 'pro' } } });
    const since = await lastEvent();
    const answer = await payWithCard(session);
    expect(answer.headers.get('location')).toBe('http://shop.test/success');

    const done = await completed(session.id);
    const subscription = done.subscription as Stripe.Subscription;
    expect(done).toMatchObject({
      status: 'complete',
      payment_status: 'paid',
      amount_total: 2000,
      payment_intent: null,
    });
    expect(subscription).toMatchObject({ status: 'active', customer: done.customer, metadata: { plan: 'pro' } });
    expect(done.invoice).toMatchObject({ status: 'paid', amount_paid: 2000, billing_reason: 'subscription_create' });
    const { data: saved } = await under.stripe.paymentMethods.list({ customer: String(done.customer) });
    expect(saved.map(({ id }) => id)).toEqual([subscription.default_payment_method]);
    expect(await typesSince(since)).toEqual([
      'charge.succeeded',
      'payment_method.attached',
      'customer.created',
      'customer.updated',
      'checkout.session.completed',
      'customer.subscription.created',
      'payment_intent.succeeded',
      'payment_intent.created',
      'invoice.created',
      'invoice.finalized',
      'invoice.paid',
      'invoice.payment_succeeded',
      'invoice_payment.paid',
    ]);
    const { data } = await under.receiver.event('customer.subscription.created', subscription.id);
    expect(data.object.status).toBe('active');
  });

  it('starts a trial with a saved card, and charges nothing', async () => {
    const { id: customer } = await under.stripe.customers.create({ email: 'ada@example.com' });
    const session = await open({ customer, subscription_data: { trial_period_days: 14 } });
    expect(session.amount_total).toBe(0);
    const page = await see(String(session.url));
    expect(page).toContain('14 days free');
    expect(page).toContain('Then $20.00 per month');
    expect(page).toContain('value="ada@example.com"');
    const since = await lastEvent();
    await payWithCard(session);

    const done = await completed(session.id);
    expect(done).toMatchObject({ payment_status: 'no_payment_required', amount_total: 0, customer });
    expect(done.subscription).toMatchObject({ status: 'trialing', pending_setup_intent: null });
    expect(await typesSince(since)).toEqual([
      'setup_intent.created',
      'payment_method.attached',
      'setup_intent.succeeded',
      'customer.updated',
      'checkout.session.completed',
      'customer.subscription.created',
      'invoice.created',
      'invoice.finalized',
      'invoice.paid',
      'invoice.payment_succeeded',
    ]);
  });

  it('starts a trial without a card where none is collected', async () => {
    const session = await open({
      payment_method_collection: 'if_required',
      subscription_data: {
        trial_period_days: 7,
        trial_settings: { end_behavior: { missing_payment_method: 'cancel' } },
      },
    });
    expect(await see(String(session.url))).not.toContain('Card number');
    const answer = await submit(String(session.url), { email: 'grace@example.com' });
    expect(answer.status).toBe(303);
    const { subscription, customer_details } = await completed(session.id);
    expect(subscription).toMatchObject({
      status: 'trialing',
      default_payment_method: null,
      trial_settings: { end_behavior: { missing_payment_method: 'cancel' } },
    });
    expect(customer_details?.email).toBe('grace@example.com');
  });

  it('leaves no subscription behind when the card is declined', async () => {
    const { id: customer } = await under.stripe.customers.create();
    const session = await open({ customer });
    const declined = await payWithCard(session, '4000 0000 0000 0002');
    expect(declined.status).toBe(402);
    expect(await declined.text()).toContain('Your card was declined.');
    expect((await under.stripe.subscriptions.list({ customer, status: 'all' })).data).toEqual([]);
    expect((await completed(session.id)).status).toBe('open');
    await payWithCard(session);
    expect((await completed(session.id)).subscription).toMatchObject({ status: 'active' });
    expect((await under.stripe.charges.list({ customer })).data.map(({ status }) => status)).toEqual([
      'succeeded',
      'failed',
    ]);
  });

  it('waits for 3D Secure before it subscribes', async () => {
    const session = await open();
    const answer = await submit(String(session.url), { ...CARD, number: '4000 0025 0000 3155' });
    expect(answer.headers.get('location')).toBe(`/c/pay/${session.id}/authenticate`);
    expect((await completed(session.id)).subscription).toBeNull();
    await submit(`${session.url}/authenticate`, { outcome: 'complete' });
    expect((await completed(session.id)).subscription).toMatchObject({ status: 'active' });
  });

  it('bills one-time prices with the first invoice', async () => {
    const data = { currency: 'usd', unit_amount: 500, product_data: { name: 'Set-up' } };
    const session = await open({
      line_items: [
        { price, quantity: 1 },
        { price_data: data, quantity: 1 },
      ],
    });
    expect(session.amount_total).toBe(2500);
    await payWithCard(session);
    const done = await completed(session.id);
    expect((done.invoice as Stripe.Invoice).lines.data.map(({ amount }) => amount)).toEqual([500, 2000]);
    expect((done.subscription as Stripe.Subscription).items.data).toHaveLength(1);
  });

  it('prorates up to an anchor ahead, and charges what the session says', async () => {
    const anchor = Math.floor(Date.now() / 1000) + 10 * 86_400;
    const session = await open({ subscription_data: { billing_cycle_anchor: anchor } });
    expect(session.amount_total).toBeGreaterThan(500);
    expect(session.amount_total).toBeLessThan(800);
    await payWithCard(session);
    const { amount_total, subscription, invoice } = await completed(session.id);
    expect((invoice as Stripe.Invoice).amount_paid).toBe(amount_total);
    expect((subscription as Stripe.Subscription).billing_cycle_anchor).toBe(anchor);
  });

  it('is active while a bank debit is under way, and paid when it settles', async () => {
    const session = await open();
    await submit(String(session.url), { email: 'ada@example.com', method: 'bank_debit', ending: 'settle' });
    expect(await completed(session.id)).toMatchObject({ payment_status: 'unpaid', subscription: { status: 'active' } });
    await under.sandbox.moveClock(7 * DAY_MS);
    await under.receiver.event('checkout.session.async_payment_succeeded', session.id);
    expect(await completed(session.id)).toMatchObject({ payment_status: 'paid', invoice: { status: 'paid' } });
  });

  it('takes a discount that the session names', async () => {
    const coupon = await under.stripe.coupons.create({ percent_off: 25, duration: 'forever' });
    const session = await open({ discounts: [{ coupon: coupon.id }] });
    expect(session).toMatchObject({
      amount_subtotal: 2000,
      amount_total: 1500,
      total_details: { amount_discount: 500 },
    });
    await payWithCard(session);
    const done = await completed(session.id);
    expect(done.invoice).toMatchObject({ amount_paid: 1500 });
    expect((done.subscription as Stripe.Subscription).discounts).toHaveLength(1);
    expect((await under.stripe.coupons.retrieve(coupon.id)).times_redeemed).toBe(1);
  });

  it('takes a promotion code that the customer enters, and lets it go again', async () => {
    const coupon = await under.stripe.coupons.create({ amount_off: 500, currency: 'usd', duration: 'once' });
    const promotion = { type: 'coupon' as const, coupon: coupon.id };
    const { id } = await under.stripe.promotionCodes.create({ promotion, code: 'SPRING' });
    const session = await open({ allow_promotion_codes: true });
    const enter = (code: string) => submit(`${session.url}/promotion-code`, { code });
    expect((await enter('WRONG')).status).toBe(422);
    expect((await enter('SPRING')).status).toBe(303);
    expect(await see(String(session.url))).toContain('<dt>Total due today</dt><dd>$15.00</dd>');
    await enter('');
    expect(await see(String(session.url))).toContain('<dt>Total due today</dt><dd>$20.00</dd>');
    await enter('SPRING');
    await payWithCard(session);
    const done = await completed(session.id);
    expect(done).toMatchObject({ amount_total: 1500, discounts: [{ promotion_code: id }] });
    expect(done.invoice).toMatchObject({ amount_paid: 1500 });
  });

  it.each([
    [{ mode: 'payment' as const }, 'recurring'],
    [{ subscription_data: { trial_end: Math.floor(Date.now() / 1000) + 3600 } }, 'at least 2 days'],
    [{ customer_creation: 'always' as const }, 'customer_creation'],
    [{ mode: 'setup' as const }, 'line_items'],
  ])('refuses %j', async (params, message) => {
    await expect(open(params)).rejects.toThrow(message);
  });
});

describe('Checkout in setup mode', () => {
  let under: SandboxUnderTest;

  beforeAll(async () => {
    under = await SandboxUnderTest.start();
  });
  afterAll(() => under.stop());

  it('saves a card with a Setup Intent that it has from its creation', async () => {
    const { stripe } = under;
    const { id: customer } = await stripe.customers.create();
    const session = await stripe.checkout.sessions.create({
      mode: 'setup',
      currency: 'usd',
      customer,
      setup_intent_data: { metadata: { for: 'later' } },
      success_url: 'http://shop.test/saved',
    });
    expect(session).toMatchObject({ amount_total: null, payment_status: 'no_payment_required' });
    expect(await see(String(session.url))).toContain('Save a payment method');
    const answer = await payWithCard(session, '4000 0025 0000 3155');
    expect(answer.headers.get('location')).toBe(`/c/pay/${session.id}/authenticate`);
    expect(await see(`${session.url}/authenticate`)).toContain('who saves the card');
    const back = await submit(`${session.url}/authenticate`, { outcome: 'complete' });
    expect(back.headers.get('location')).toBe('http://shop.test/saved');

    const done = await stripe.checkout.sessions.retrieve(session.id, { expand: ['setup_intent'] });
    expect(done).toMatchObject({
      status: 'complete',
      setup_intent: { id: session.setup_intent, status: 'succeeded', customer, metadata: { for: 'later' } },
    });
    expect((await stripe.paymentMethods.list({ customer })).data).toHaveLength(1);
  });
});
