import { BilledCustomer, lineAmounts, utc } from './support/billing.js';
import { SandboxUnderTest } from './support/sandbox-under-test.js';

describe('the phases of a schedule', () => {
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

  it('are in the preview of the next invoice', async () => {
    const { id: subscription } = await customer.subscribe(pro);
    const { id } = await under.stripe.subscriptionSchedules.create({ from_subscription: subscription });
    const next = async () => under.stripe.invoices.createPreview({ subscription });
    expect(lineAmounts(await next())).toEqual([2000]);
    await under.stripe.subscriptionSchedules.update(id, {
      phases: [
        { items: [{ price: pro }], start_date: utc('2027-06-01 00:00:00'), end_date: utc('2027-07-01 00:00:00') },
        { items: [{ price: basic, quantity: 3 }], duration: { interval: 'month' } },
      ],
    });
    const preview = await next();
    expect(lineAmounts(preview)).toEqual([3000]);

    await customer.moveTo('2027-07-01 01:00:00');
    const [, renewal] = await customer.invoices();
    expect(renewal && lineAmounts(renewal)).toEqual([3000]);
    expect(renewal).toMatchObject({ total: preview.total, period_start: preview.period_start });
  });

  it('that are charged at once on the way are the next invoice', async () => {
    const { id: subscription } = await customer.subscribe(basic);
    const { id } = await under.stripe.subscriptionSchedules.create({ from_subscription: subscription });
    await under.stripe.subscriptionSchedules.update(id, {
      phases: [
        { items: [{ price: basic }], start_date: utc('2027-06-01 00:00:00'), end_date: utc('2027-06-16 00:00:00') },
        { items: [{ price: pro }], duration: { interval: 'month' }, proration_behavior: 'always_invoice' },
      ],
    });
    const preview = await under.stripe.invoices.createPreview({ subscription });
    expect(preview).toMatchObject({ status: 'draft', amount_remaining: 500, total: 500 });
    expect(lineAmounts(preview)).toEqual([-500, 1000]);
    expect(await under.stripe.subscriptions.retrieve(subscription)).toMatchObject({
      items: { data: [{ price: { id: basic } }] },
    });
  });

  it('bring their tax rates', async () => {
    const rate = await under.stripe.taxRates.create({ display_name: 'VAT', percentage: 10, inclusive: false });
    const { id: subscription } = await customer.subscribe(basic, { default_tax_rates: [rate.id] });
    const made = await under.stripe.subscriptionSchedules.create({ from_subscription: subscription });
    expect(made.phases[0]?.default_tax_rates?.map(({ id }) => id)).toEqual([rate.id]);
    const higher = await under.stripe.taxRates.create({ display_name: 'VAT', percentage: 20, inclusive: false });
    await under.stripe.subscriptionSchedules.update(made.id, {
      phases: [
        { items: [{ price: basic }], start_date: utc('2027-06-01 00:00:00'), end_date: utc('2027-07-01 00:00:00') },
        { items: [{ price: basic }], default_tax_rates: [higher.id], duration: { interval: 'month' } },
        { items: [{ price: basic, tax_rates: [rate.id] }], duration: { interval: 'month' } },
      ],
    });
    await customer.moveTo('2027-07-01 01:00:00');
    await customer.moveTo('2027-08-01 01:00:00');
    expect((await customer.invoices()).map(({ total }) => total)).toEqual([1100, 1200, 1100]);
  });

  it('are not warned of once it is too late', async () => {
    const { id: subscription } = await customer.subscribe(basic);
    await customer.moveTo('2027-06-29 00:00:00');
    await under.stripe.subscriptionSchedules.create({ from_subscription: subscription });
    await customer.moveTo('2027-07-01 01:00:00');
    const types = (await customer.events()).map(({ type }) => type);
    expect(types).toContain('subscription_schedule.released');
    expect(types).not.toContain('subscription_schedule.expiring');
  });
});
