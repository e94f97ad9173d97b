import { BilledCustomer, periodOf } from './support/billing.js';
import { SandboxUnderTest } from './support/sandbox-under-test.js';

describe('a pause', () => {
  let under: SandboxUnderTest;

  beforeAll(async () => {
    under = await SandboxUnderTest.start();
  });
  afterAll(() => under.stop());

  it('ends the period, credits what is left, and a resumption begins a new one', async () => {
    const customer = await BilledCustomer.at(under, '2027-06-01 00:00:00');
    const { id } = await customer.subscribe(1000);
    await customer.moveTo('2027-06-16 00:00:00');
    const paused = await under.stripe.subscriptions.pause(id, {});
    expect(paused).toMatchObject({
      status: 'paused',
      status_details: { paused: { subscription: { type: 'pause_requested' } } },
    });
    await customer.moveTo('2027-08-01 00:00:00');
    expect(await customer.invoices()).toHaveLength(1);

    const resumed = await under.stripe.subscriptions.resume(id);
    expect(resumed.status).toBe('active');
    expect(periodOf(resumed)).toEqual(['2027-08-01 00:00:00', '2027-09-01 00:00:00']);
    expect((await customer.invoices())[1]).toMatchObject({ status: 'paid', amount_paid: 500, total: 500 });
    const types = (await customer.events()).map(({ type }) => type);
    expect(types).toEqual(expect.arrayContaining(['customer.subscription.paused', 'customer.subscription.resumed']));
  });

  it('that waits for the payment of its resumption goes on after 23 hours', async () => {
    const customer = await BilledCustomer.at(under, '2027-06-01 00:00:00');
    const { id } = await customer.subscribe(1000);
    await under.stripe.subscriptions.pause(id, { bill_for: { unused_time_from: { type: 'none' } } });
    const waiting = await under.stripe.subscriptions.resume(id, { payment_behavior: 'resume_on_payment_success' });
    expect(waiting.status).toBe('paused');
    await customer.moveTo('2027-06-01 23:00:00');

    expect((await under.stripe.subscriptions.retrieve(id)).status).toBe('paused');
    expect((await customer.invoices())[1]).toMatchObject({ status: 'void' });
    await expect(under.stripe.subscriptions.pause(id, {})).rejects.toMatchObject({ statusCode: 400 });
  });

  it.each([
    ['keep_as_draft', 'draft'],
    ['mark_uncollectible', 'uncollectible'],
    ['void', 'void'],
  ] as const)('of the collection, %s, leaves the subscription active and its invoice %s', async (behavior, status) => {
    const customer = await BilledCustomer.at(under, '2027-06-01 00:00:00');
    const { id } = await customer.subscribe(1000);
    await under.stripe.subscriptions.update(id, { pause_collection: { behavior } });
    await customer.moveTo('2027-07-02 00:00:00');

    expect((await under.stripe.subscriptions.retrieve(id)).status).toBe('active');
    expect((await customer.invoices())[1]).toMatchObject({ status });
    expect(await under.stripe.subscriptions.update(id, { pause_collection: '' })).toMatchObject({
      pause_collection: null,
    });
  });

  it('is refused for a subscription that runs, and for a trial', async () => {
    const customer = await BilledCustomer.at(under, '2027-06-01 00:00:00');
    const { id } = await customer.subscribe(1000, { trial_period_days: 5 });
    await expect(under.stripe.subscriptions.resume(id)).rejects.toMatchObject({ statusCode: 400 });
    await expect(under.stripe.subscriptions.pause(id, {})).rejects.toMatchObject({ statusCode: 400 });
  });
});
