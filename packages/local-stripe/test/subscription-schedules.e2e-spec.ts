import type Stripe from 'stripe';
import { BilledCustomer, lineAmounts, periodOf, shown, utc } from './support/billing.js';
import { SandboxUnderTest } from './support/sandbox-under-test.js';

describe('a subscription schedule', () => {
  let under: SandboxUnderTest;
  let customer: BilledCustomer;
  let basic: string;
  let pro: string;

  beforeAll(async () => {
    under = await SandboxUnderTest.start();
  });
  afterAll(() => under.stop());
  beforeEach(async () => {
    customer = await BilledCustomer.at(under, '2027-06-01 00:00:00');
    [basic, pro] = [await customer.price(1000), await customer.price(2000)];
  });

  const read = (id: unknown) => under.stripe.subscriptions.retrieve(String(id));
  const typesOf = async () => (await customer.events()).map(({ type }) => type);

  it('changes the plan at the end of the period, and lets the subscription go', async () => {
    const subscription = await customer.subscribe(pro);
    const made = await under.stripe.subscriptionSchedules.create({ from_subscription: subscription.id });
    const [present] = made.phases;
    expect(made).toMatchObject({ status: 'active', subscription: subscription.id, end_behavior: 'release' });
    expect([shown(present?.start_date), shown(present?.end_date)]).toEqual([
      '2027-06-01 00:00:00',
      '2027-07-01 00:00:00',
    ]);
    expect((await read(subscription.id)).schedule).toBe(made.id);

    await under.stripe.subscriptionSchedules.update(made.id, {
      phases: [
        { items: [{ price: pro }], start_date: present?.start_date ?? 0, end_date: present?.end_date ?? 0 },
        { items: [{ price: basic }], duration: { interval: 'month' } },
      ],
    });
    expect((await read(subscription.id)).items.data[0]?.price.id).toBe(pro);
    await customer.moveTo('2027-07-01 01:00:00');
    const changed = await read(subscription.id);
    expect(changed.items.data[0]?.price.id).toBe(basic);
    expect(periodOf(changed)).toEqual(['2027-07-01 00:00:00', '2027-08-01 00:00:00']);
    const [, renewal] = await customer.invoices();
    expect(renewal && lineAmounts(renewal)).toEqual([1000]);
    expect(renewal).toMatchObject({ status: 'paid', billing_reason: 'subscription_cycle' });

    await customer.moveTo('2027-08-01 01:00:00');
    const released = await under.stripe.subscriptionSchedules.retrieve(made.id);
    expect(released).toMatchObject({ status: 'released', released_subscription: subscription.id, subscription: null });
    expect(await read(subscription.id)).toMatchObject({ status: 'active', schedule: null });
    expect((await customer.invoices()).length).toBe(3);
    expect(await typesOf()).toEqual(
      expect.arrayContaining([
        'subscription_schedule.created',
        'subscription_schedule.updated',
        'subscription_schedule.expiring',
        'subscription_schedule.released',
      ]),
    );
  });

  it('starts later, and ends its subscription with its last phase', async () => {
    const schedule = await under.stripe.subscriptionSchedules.create({
      customer: customer.id,
      start_date: utc('2027-06-10 00:00:00'),
      end_behavior: 'cancel',
      phases: [{ items: [{ price: basic, quantity: 2 }], duration: { interval: 'month', interval_count: 2 } }],
    });
    expect(schedule).toMatchObject({ status: 'not_started', subscription: null, current_phase: null });
    await customer.moveTo('2027-06-11 00:00:00');
    const started = await under.stripe.subscriptionSchedules.retrieve(schedule.id);
    expect(started.status).toBe('active');
    expect(await read(started.subscription)).toMatchObject({ status: 'active', schedule: schedule.id });
    expect((await customer.invoices())[0]).toMatchObject({ amount_paid: 2000, status: 'paid' });

    await customer.moveTo('2027-07-11 00:00:00');
    await customer.moveTo('2027-08-11 00:00:00');
    expect(await under.stripe.subscriptionSchedules.retrieve(schedule.id)).toMatchObject({ status: 'completed' });
    expect((await read(started.subscription)).status).toBe('canceled');
    expect((await customer.invoices()).length).toBe(2);
  });

  it('is completed with its last phase, and aborted where its subscription ends unpaid', async () => {
    const made = await under.stripe.subscriptionSchedules.create({
      customer: customer.id,
      start_date: 'now',
      end_behavior: 'cancel',
      phases: [{ items: [{ price: basic }], duration: { interval: 'month' } }],
    });
    await customer.moveTo('2027-07-01 01:00:00');
    expect(await under.stripe.subscriptionSchedules.retrieve(made.id)).toMatchObject({
      status: 'completed',
      completed_at: utc('2027-07-01 00:00:00'),
    });
    expect((await typesOf()).filter((type) => type.startsWith('subscription_schedule.'))).toEqual([
      'subscription_schedule.created',
      'subscription_schedule.updated',
      'subscription_schedule.expiring',
      'subscription_schedule.completed',
    ]);

    await customer.useCard('pm_card_chargeCustomerFail');
    const failing = await under.stripe.subscriptionSchedules.create({
      customer: customer.id,
      start_date: 'now',
      phases: [{ items: [{ price: basic }], duration: { interval: 'month', interval_count: 3 } }],
    });
    expect(await read(failing.subscription)).toMatchObject({ status: 'active' });
    await customer.moveTo('2027-07-20 00:00:00');
    expect(await read(failing.subscription)).toMatchObject({ status: 'canceled' });
    expect(await under.stripe.subscriptionSchedules.retrieve(failing.id)).toMatchObject({ status: 'canceled' });
    expect(await typesOf()).toContain('subscription_schedule.aborted');

    const subscription = await customer.subscribe(basic, { trial_period_days: 7 });
    const stopped = await under.stripe.subscriptionSchedules.create({ from_subscription: subscription.id });
    await under.stripe.subscriptions.cancel(subscription.id);
    expect(await under.stripe.subscriptionSchedules.retrieve(stopped.id)).toMatchObject({ status: 'canceled' });
    expect(await typesOf()).toContain('subscription_schedule.canceled');
  });

  it('is released and canceled by calls', async () => {
    const made = async () =>
      under.stripe.subscriptionSchedules.create({
        customer: customer.id,
        start_date: 'now',
        phases: [{ items: [{ price: basic }], duration: { interval: 'month', interval_count: 3 } }],
      });
    const first = await made();
    expect(first.status).toBe('active');
    expect(await under.stripe.subscriptionSchedules.release(first.id)).toMatchObject({ status: 'released' });
    expect(await read(first.subscription)).toMatchObject({ status: 'active', schedule: null });
    await expect(under.stripe.subscriptionSchedules.cancel(first.id)).rejects.toThrow('`released` status');

    const second = await made();
    expect(await under.stripe.subscriptionSchedules.cancel(second.id)).toMatchObject({ status: 'canceled' });
    expect((await read(second.subscription)).status).toBe('canceled');
    const { data } = await under.stripe.subscriptionSchedules.list({ customer: customer.id });
    expect(data.map(({ id }) => id)).toEqual([second.id, first.id]);
  });

  it('prorates where a change of the present phase asks for it', async () => {
    const { id } = await customer.subscribe(basic);
    const { id: schedule, phases } = await under.stripe.subscriptionSchedules.create({ from_subscription: id });
    await customer.moveTo('2027-06-16 00:00:00');
    const [present] = phases;
    await under.stripe.subscriptionSchedules.update(schedule, {
      proration_behavior: 'always_invoice',
      phases: [{ items: [{ price: pro }], start_date: present?.start_date ?? 0, end_date: present?.end_date ?? 0 }],
    });
    expect((await read(id)).items.data[0]?.price.id).toBe(pro);
    const invoice = (await customer.invoices())[1] as Stripe.Invoice;
    expect(lineAmounts(invoice)).toEqual([-500, 1000]);
  });

  it('refuses further parameters beside from_subscription, and a second schedule', async () => {
    const { id } = await customer.subscribe(basic);
    await expect(
      under.stripe.subscriptionSchedules.create({ from_subscription: id, end_behavior: 'cancel' }),
    ).rejects.toThrow('from_subscription');
    await under.stripe.subscriptionSchedules.create({ from_subscription: id });
    await expect(under.stripe.subscriptionSchedules.create({ from_subscription: id })).rejects.toThrow(
      'already attached',
    );
  });
});

describe('a test clock', () => {
  let under: SandboxUnderTest;

  beforeAll(async () => {
    under = await SandboxUnderTest.start();
  });
  afterAll(() => under.stop());

  it('goes at most two of the shortest intervals ahead at once', async () => {
    const customer = await BilledCustomer.at(under, '2027-06-01 00:00:00');
    await customer.subscribe(1000);
    await expect(customer.moveTo('2027-08-01 00:00:01')).rejects.toThrow('two intervals');
    await customer.moveTo('2027-08-01 00:00:00');
    expect((await customer.invoices()).length).toBe(3);
  });

  it('takes a customer that is there already', async () => {
    const { id: customer } = await under.stripe.customers.create();
    const { id } = await under.stripe.testHelpers.testClocks.create({
      frozen_time: utc('2027-06-01 00:00:00'),
      customer,
    });
    expect(await under.stripe.customers.retrieve(customer)).toMatchObject({ test_clock: id });
    await under.stripe.testHelpers.testClocks.del(id);
    expect(await under.stripe.customers.retrieve(customer)).toMatchObject({ deleted: true });
  });
});
