import type Stripe from 'stripe';
import { control } from './support/control.js';
import { SandboxUnderTest } from './support/sandbox-under-test.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

describe('billing by the clock of the sandbox', () => {
  let under: SandboxUnderTest;

  beforeEach(async () => {
    under = await SandboxUnderTest.start({ retryDelaysMs: [HOUR_MS] });
  });
  afterEach(() => under.stop());

  const subscribe = async (params: Partial<Stripe.SubscriptionCreateParams> = {}) => {
    const { stripe } = under;
    const customer = await stripe.customers.create({ email: 'ada@example.com' });
    const { id } = await stripe.paymentMethods.attach('pm_card_visa', { customer: customer.id });
    await stripe.customers.update(customer.id, { invoice_settings: { default_payment_method: id } });
    const price = await stripe.prices.create({
      currency: 'usd',
      unit_amount: 2000,
      recurring: { interval: 'month' },
      product_data: { name: 'Pro' },
    });
    return stripe.subscriptions.create({ customer: customer.id, items: [{ price: price.id }], ...params });
  };
  const endOf = ({ items }: Stripe.Subscription): number => Number(items.data[0]?.current_period_end);
  const moveTo = async (seconds: number) => under.sandbox.moveClock(Math.max(0, seconds * 1000 - (await now())));
  const now = async (): Promise<number> => {
    const { body } = await control(under.sandbox).get('/clock');
    return (body as { now: number }).now * 1000;
  };
  const invoices = async () => (await under.stripe.invoices.list()).data.toReversed();

  /** All that happened to a subscription, by the time since its start. */
  const history = async (subscription: Stripe.Subscription) => {
    const { data } = await under.stripe.events.list({ limit: 100 });
    return (
      data
        .toReversed()
        .filter(({ type }) => /^(invoice|customer\.subscription|charge)/.test(type))
        // A slow machine takes more than a second for the call that creates it.
        .map(({ type, created }) => [Math.max(0, created - subscription.created - 5), type] as const)
        .map(([after, type]) => `${after} ${type}`)
    );
  };

  it('renews at the very second, with the same history however far it is moved at once', async () => {
    const first = await subscribe();
    await under.sandbox.moveClock(100 * DAY_MS);
    const inOneStep = await history(first);
    expect((await invoices()).map(({ status }) => status)).toEqual(['paid', 'paid', 'paid', 'paid']);
    await under.sandbox.reset();

    const second = await subscribe();
    for (let step = 0; step < 40; step++) await under.sandbox.moveClock(2.5 * DAY_MS);
    const inSteps = await history(second);
    const seconds = (line: string): number => Number(line.split(' ')[0]);
    // The months of the two differ only if the day of the machine changes meanwhile.
    expect(inSteps.filter((line) => seconds(line) < 95 * 86_400)).toEqual(
      inOneStep.filter((line) => seconds(line) < 95 * 86_400),
    );
  });

  it('does not charge a card that was detached, but the next that there is', async () => {
    const subscription = await subscribe();
    const customer = String(subscription.customer);
    const { id: own } = await under.stripe.paymentMethods.attach('pm_card_mastercard', { customer });
    await under.stripe.subscriptions.update(subscription.id, { default_payment_method: own });
    await under.stripe.paymentMethods.detach(own);
    await moveTo(endOf(subscription) + 2 * 3600);
    expect((await invoices())[1]).toMatchObject({ status: 'paid' });
    const { data: methods } = await under.stripe.customers.listPaymentMethods(customer);
    for (const { id } of methods) await under.stripe.paymentMethods.detach(id);
    await moveTo(endOf(await under.stripe.subscriptions.retrieve(subscription.id)) + 2 * 3600);
    expect((await invoices())[2]).toMatchObject({ status: 'open', amount_remaining: 2000 });
    expect(await under.stripe.subscriptions.retrieve(subscription.id)).toMatchObject({ status: 'past_due' });
  });

  it('keeps a renewal a draft while an endpoint does not answer, and an hour longer', async () => {
    const subscription = await subscribe();
    const end = endOf(subscription);
    under.receiver.answer = ({ type }) => (type === 'invoice.created' ? 500 : 200);
    await moveTo(end + 2 * 3600);
    expect((await invoices())[1]).toMatchObject({ status: 'draft' });
    under.receiver.answer = () => 200;
    await moveTo(end + 3 * 3600 + 60);
    await under.receiver.event('invoice.created', 'subscription_cycle');
    await moveTo(end + 7 * 3600);
    expect((await invoices())[1]).toMatchObject({ status: 'paid' });
  });

  it('finalizes after 72 hours all the same', async () => {
    const subscription = await subscribe();
    const end = endOf(subscription);
    under.receiver.answer = ({ type }) => (type === 'invoice.created' ? 500 : 200);
    await moveTo(end + 71 * 3600);
    expect((await invoices())[1]).toMatchObject({ status: 'draft' });
    await moveTo(end + 72 * 3600 + 60);
    expect((await invoices())[1]).toMatchObject({ status: 'paid' });
  });

  it('goes by the settings', async () => {
    const settings = control(under.sandbox);
    expect((await settings.get('/settings')).body).toMatchObject({ retry_days: [3, 5, 7], draft_minutes: 60 });
    const changed = await settings.post('/settings', { retry_days: [1], after_retries: 'unpaid', draft_minutes: 0 });
    expect(changed.body).toMatchObject({ retry_days: [1], after_retries: 'unpaid', upcoming_days: 7 });
    expect(await settings.post('/settings', { retry_days: 'soon' })).toMatchObject({ status: 400 });

    const subscription = await subscribe();
    const { id } = await under.stripe.paymentMethods.attach('pm_card_chargeCustomerFail', {
      customer: String(subscription.customer),
    });
    await under.stripe.subscriptions.update(subscription.id, { default_payment_method: id });
    await moveTo(endOf(subscription) + 1);
    expect((await under.stripe.subscriptions.retrieve(subscription.id)).status).toBe('past_due');
    await moveTo(endOf(subscription) + 86_401);
    expect((await under.stripe.subscriptions.retrieve(subscription.id)).status).toBe('unpaid');
  });

  it('ends a disputed subscription after an hour, where the settings say so', async () => {
    await control(under.sandbox).post('/settings', { after_dispute: 'cancel' });
    const customer = await under.stripe.customers.create({ email: 'ada@example.com' });
    const method = await under.stripe.paymentMethods.attach('pm_card_createDispute', { customer: customer.id });
    const subscription = await subscribe({ customer: customer.id, default_payment_method: method.id });
    const read = () => under.stripe.subscriptions.retrieve(subscription.id);
    expect((await read()).status).toBe('active');
    await under.sandbox.moveClock(HOUR_MS + 1000);

    expect(await read()).toMatchObject({ status: 'canceled', cancellation_details: { reason: 'payment_disputed' } });
  });

  it('announces a renewal a week before, by an invoice without an id', async () => {
    const subscription = await subscribe();
    await moveTo(endOf(subscription) - 7 * 86_400 + 1);
    const { data } = await under.receiver.event('invoice.upcoming');
    expect(data.object).toMatchObject({ amount_due: 2000, billing_reason: 'upcoming' });
    expect(data.object).not.toHaveProperty('id');
    expect(await invoices()).toHaveLength(1);
  });

  it('shuffles the events of a change on command', async () => {
    await control(under.sandbox).post('/settings', { event_order: 'shuffled', seed: 7 });
    const subscription = await subscribe();
    const order = (await history(subscription)).map((line) => line.split(' ')[1]);
    expect(order.toSorted()).toContain('invoice.paid');
    expect(order).not.toEqual(order.toSorted());
  });
});
