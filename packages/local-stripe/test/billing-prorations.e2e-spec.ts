import type Stripe from 'stripe';
import { BilledCustomer, lineAmounts, periodOf } from './support/billing.js';
import { SandboxUnderTest } from './support/sandbox-under-test.js';

/** The worked cases P1 to P8 of the shared notes on subscriptions: minor units, to the cent and to the second. */
describe('a change of a subscription', () => {
  let under: SandboxUnderTest;

  beforeAll(async () => {
    under = await SandboxUnderTest.start();
  });
  afterAll(() => under.stop());

  const flexible = { billing_mode: { type: 'flexible' } } as const;
  const classic = { billing_mode: { type: 'classic' } } as const;

  /** Changes price or quantity of the only item. */
  const change = async (
    subscription: Stripe.Subscription,
    item: Stripe.SubscriptionUpdateParams.Item,
    params: Stripe.SubscriptionUpdateParams = {},
  ): Promise<Stripe.Subscription> => {
    const [only] = subscription.items.data;
    return under.stripe.subscriptions.update(subscription.id, {
      items: [{ id: String(only?.id), ...item }],
      ...params,
    });
  };
  const latest = async ({ latest_invoice: id }: Stripe.Subscription): Promise<Stripe.Invoice> =>
    under.stripe.invoices.retrieve(String(id));
  const ALWAYS = { proration_behavior: 'always_invoice' } as const;

  it('P1: waits as two lines for the next invoice', async () => {
    const customer = await BilledCustomer.at(under, 1_596_749_288);
    const subscription = await customer.subscribe(1000);
    await customer.moveTo(1_598_982_148);
    await change(subscription, { price: await customer.price(3252) }, { proration_behavior: 'create_prorations' });
    await customer.moveTo(1_599_427_688);

    const next = (await customer.invoices())[1];
    expect(next && lineAmounts(next)).toEqual([-166, 541, 3252]);
    expect(next?.total).toBe(3627);
  });

  it('P2: is invoiced at once with always_invoice', async () => {
    const customer = await BilledCustomer.at(under, '2027-06-01 00:00:00');
    const subscription = await customer.subscribe(1000);
    await customer.moveTo('2027-06-16 00:00:00');
    const changed = await change(subscription, { price: await customer.price(2000) }, ALWAYS);

    const invoice = await latest(changed);
    expect(invoice).toMatchObject({ billing_reason: 'subscription_update', status: 'paid', amount_paid: 500 });
    expect(lineAmounts(invoice)).toEqual([-500, 1000]);
    await customer.moveTo('2027-07-01 01:00:00');
    expect((await customer.invoices()).map(({ amount_paid: paid }) => paid)).toEqual([1000, 500, 2000]);
  });

  it.each([
    [flexible, [-333, 333], 0],
    [classic, [-667, 333], -334],
  ] as const)('P3: %j credits what was debited, or the present price', async (mode, lines, total) => {
    const customer = await BilledCustomer.at(under, '2027-04-01 00:00:00');
    const subscription = await customer.subscribe(1000, mode);
    await customer.moveTo('2027-04-11 00:00:00');
    await change(subscription, { price: await customer.price(2000) }, { proration_behavior: 'none' });
    await customer.moveTo('2027-04-21 00:00:00');
    const invoice = await latest(await change(subscription, { price: await customer.price(1000) }, ALWAYS));

    expect(lineAmounts(invoice)).toEqual(lines);
    expect(invoice.total).toBe(total);
  });

  it('P4: rounds credit and debit of seats each alone', async () => {
    const customer = await BilledCustomer.at(under, '2027-03-10 08:00:00');
    const price = await customer.price(1500);
    const subscription = await customer.subscribe(price, { items: [{ price, quantity: 3 }] });
    await customer.moveTo('2027-03-22 20:00:00');
    const invoice = await latest(await change(subscription, { quantity: 5 }, ALWAYS));

    expect(lineAmounts(invoice)).toEqual([-2685, 4476]);
    expect(invoice.total).toBe(1791);
  });

  it('P5: turns a negative invoice into credit, which the next one uses', async () => {
    const customer = await BilledCustomer.at(under, '2027-06-01 00:00:00');
    const subscription = await customer.subscribe(2000);
    await customer.moveTo('2027-06-16 00:00:00');
    const invoice = await latest(await change(subscription, { price: await customer.price(1000) }, ALWAYS));
    expect(invoice).toMatchObject({ total: -500, amount_due: 0, status: 'paid', attempt_count: 0 });
    expect(await customer.balance()).toBe(-500);

    await customer.moveTo('2027-07-01 01:00:00');
    const next = (await customer.invoices())[2];
    expect(next).toMatchObject({ total: 1000, amount_due: 500, starting_balance: -500, ending_balance: 0 });
    expect(await customer.balance()).toBe(0);
  });

  it.each([
    [{ prorate: true, invoice_now: true }, -333],
    [{}, 0],
  ])('P6: an end now with %j', async (params, balance) => {
    const customer = await BilledCustomer.at(under, '2027-06-01 00:00:00');
    const { id } = await customer.subscribe(1000);
    await customer.moveTo('2027-06-21 00:00:00');
    const canceled = await under.stripe.subscriptions.cancel(id, params);

    expect(canceled.status).toBe('canceled');
    expect(await customer.balance()).toBe(balance);
  });

  it('P7: a period from the 31st ends on the last day of February', async () => {
    const customer = await BilledCustomer.at(under, '2027-01-31 10:00:00');
    const subscription = await customer.subscribe(2900);
    expect(periodOf(subscription)[1]).toBe('2027-02-28 10:00:00');
    await customer.moveTo('2027-02-10 10:00:00');
    const invoice = await latest(await change(subscription, { price: await customer.price(4900) }, ALWAYS));

    expect(lineAmounts(invoice)).toEqual([-1864, 3150]);
    expect(invoice.total).toBe(1286);
  });

  it('P8: the same in a leap year; the day comes back', async () => {
    const customer = await BilledCustomer.at(under, '2028-01-31 10:00:00');
    const subscription = await customer.subscribe(2900);
    await customer.moveTo('2028-02-10 10:00:00');
    const invoice = await latest(await change(subscription, { price: await customer.price(4900) }, ALWAYS));
    expect(lineAmounts(invoice)).toEqual([-1900, 3210]);

    const ends = [];
    for (const day of ['2028-02-29', '2028-03-31', '2028-04-30']) {
      await customer.moveTo(`${day} 10:00:00`);
      ends.push(periodOf(await under.stripe.subscriptions.retrieve(subscription.id))[1]);
    }
    expect(ends).toEqual(['2028-03-31 10:00:00', '2028-04-30 10:00:00', '2028-05-31 10:00:00']);
  });
});
