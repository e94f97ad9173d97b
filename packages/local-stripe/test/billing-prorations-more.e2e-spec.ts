import type Stripe from 'stripe';
import { BilledCustomer, lineAmounts, periodOf, shown, utc } from './support/billing.js';
import { SandboxUnderTest } from './support/sandbox-under-test.js';

/** The worked cases P9 to P16 of the shared notes on subscriptions: minor units, to the cent and to the second. */
describe('a change of a subscription, in other cases', () => {
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

  it('P9: the time up to a future anchor is prorated', async () => {
    const customer = await BilledCustomer.at(under, '2027-01-20 00:00:00');
    await customer.subscribe(3000, { billing_cycle_anchor: utc('2027-02-01 00:00:00') });
    await customer.moveTo('2027-02-01 01:00:00');

    expect((await customer.invoices()).map(({ amount_paid: paid }) => paid)).toEqual([1161, 3000]);
  });

  it('P10: another interval with a new anchor is a new period', async () => {
    const customer = await BilledCustomer.at(under, '2027-06-01 00:00:00');
    const subscription = await customer.subscribe(1000);
    await customer.moveTo('2027-06-16 00:00:00');
    const yearly = await customer.price(10_000, { interval: 'year' });
    const changed = await change(subscription, { price: yearly }, { ...ALWAYS, billing_cycle_anchor: { type: 'now' } });

    const invoice = await latest(changed);
    expect(lineAmounts(invoice)).toEqual([-500, 10_000]);
    expect(invoice.amount_paid).toBe(9500);
    expect(periodOf(changed)).toEqual(['2027-06-16 00:00:00', '2028-06-16 00:00:00']);
  });

  it('P11: a discount is inside of both lines', async () => {
    const customer = await BilledCustomer.at(under, '2027-06-01 00:00:00');
    const { id: coupon } = await under.stripe.coupons.create({ percent_off: 20, duration: 'forever' });
    const subscription = await customer.subscribe(1000, { discounts: [{ coupon }] });
    expect((await latest(subscription)).amount_paid).toBe(800);
    await customer.moveTo('2027-06-16 00:00:00');
    const invoice = await latest(await change(subscription, { price: await customer.price(2000) }, ALWAYS));

    expect(lineAmounts(invoice)).toEqual([-400, 800]);
    expect(invoice.lines.data.map(({ discountable }) => discountable)).toEqual([false, false]);
    expect(invoice.amount_paid).toBe(400);
  });

  it.each([
    [flexible, -417],
    [classic, -250],
  ] as const)('P12: %j shares an amount off out over the items, or takes it off each', async (mode, credit) => {
    const customer = await BilledCustomer.at(under, '2027-06-01 00:00:00');
    const { id: coupon } = await under.stripe.coupons.create({ amount_off: 500, currency: 'usd', duration: 'forever' });
    const items = [{ price: await customer.price(1000) }, { price: await customer.price(2000) }];
    const subscription = await under.stripe.subscriptions.create({
      customer: customer.id,
      items,
      discounts: [{ coupon }],
      ...mode,
    });
    const first = await latest(subscription);
    expect(first.lines.data.map(({ discount_amounts: taken }) => taken?.[0]?.amount)).toEqual([166, 334]);
    await customer.moveTo('2027-06-16 00:00:00');
    await under.stripe.subscriptionItems.del(String(subscription.items.data[0]?.id), {
      proration_behavior: 'always_invoice',
    });

    const invoice = (await customer.invoices())[1];
    expect(invoice?.lines.data[0]?.amount).toBe(credit);
  });

  it('P13: yen have no decimals', async () => {
    const customer = await BilledCustomer.at(under, '2027-05-05 09:30:00');
    const subscription = await customer.subscribe(1500, {}, { currency: 'jpy' });
    await customer.moveTo('2027-05-26 03:30:00');
    const price = await customer.price(2800, { currency: 'jpy' });
    const invoice = await latest(await change(subscription, { price }, ALWAYS));

    expect(lineAmounts(invoice)).toEqual([-496, 926]);
    expect(invoice.total).toBe(430);
  });

  it('P14: two changes: the second credits what the first debited', async () => {
    const customer = await BilledCustomer.at(under, '2027-06-01 00:00:00');
    const subscription = await customer.subscribe(1200);
    await customer.moveTo('2027-06-11 00:00:00');
    const first = await latest(await change(subscription, { price: await customer.price(2400) }, ALWAYS));
    await customer.moveTo('2027-06-21 00:00:00');
    const second = await latest(await change(subscription, { price: await customer.price(3600) }, ALWAYS));

    expect([lineAmounts(first), lineAmounts(second)]).toEqual([
      [-800, 1600],
      [-800, 1200],
    ]);
    expect([first.total, second.total]).toEqual([800, 400]);
    const credited = second.lines.data[0]?.parent?.subscription_item_details?.proration_details?.credited_items;
    expect(credited).toMatchObject({ invoice: first.id, invoice_line_items: [first.lines.data[1]?.id] });
  });

  it('P15: a year', async () => {
    const customer = await BilledCustomer.at(under, '2027-01-15 00:00:00');
    const subscription = await customer.subscribe(12_000, {}, { interval: 'year' });
    await customer.moveTo('2027-06-01 12:00:00');
    const price = await customer.price(24_000, { interval: 'year' });
    const invoice = await latest(await change(subscription, { price }, ALWAYS));

    expect(lineAmounts(invoice)).toEqual([-7479, 14_959]);
    expect(shown(invoice.lines.data[0]?.period.start)).toBe('2027-06-01 12:00:00');
  });

  it('P16: three decimals', async () => {
    const customer = await BilledCustomer.at(under, '2027-03-10 08:00:00');
    const subscription = await customer.subscribe(10_500, {}, { currency: 'kwd' });
    await customer.moveTo('2027-03-22 20:00:00');
    const price = await customer.price(25_750, { currency: 'kwd' });
    const invoice = await latest(await change(subscription, { price }, ALWAYS));

    expect(lineAmounts(invoice)).toEqual([-6266, 15_367]);
    expect(invoice.total).toBe(9101);
  });
});
