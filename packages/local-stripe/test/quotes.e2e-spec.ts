import { BilledCustomer, shown, utc } from './support/billing.js';
import { SandboxUnderTest } from './support/sandbox-under-test.js';

describe('a quote', () => {
  let under: SandboxUnderTest;
  let customer: BilledCustomer;

  beforeAll(async () => {
    under = await SandboxUnderTest.start();
  });
  afterAll(() => under.stop());
  beforeEach(async () => {
    customer = await BilledCustomer.at(under, '2027-06-01 00:00:00');
  });

  const oneTime = async (unit_amount: number) =>
    (await under.stripe.prices.create({ currency: 'usd', unit_amount, product_data: { name: 'Setup' } })).id;

  it('that is accepted makes a subscription, whose first invoice costs what the quote says', async () => {
    const coupon = await under.stripe.coupons.create({ percent_off: 10, duration: 'forever' });
    const quote = await under.stripe.quotes.create({
      customer: customer.id,
      discounts: [{ coupon: coupon.id }],
      line_items: [{ price: await customer.price(1000), quantity: 3 }, { price: await oneTime(500) }],
      subscription_data: { metadata: { deal: '7' } },
    });
    expect(quote).toMatchObject({ status: 'draft', number: null, amount_subtotal: 3500, amount_total: 3150 });
    expect(quote.computed.recurring).toMatchObject({ amount_total: 3000, interval: 'month' });
    expect((await customer.invoices()).length).toBe(0);
    await expect(under.stripe.quotes.accept(quote.id)).rejects.toThrow('draft');

    const open = await under.stripe.quotes.finalizeQuote(quote.id);
    expect(open).toMatchObject({ status: 'open', number: expect.stringMatching(/^QT-\w+-0001-1$/) });
    await expect(under.stripe.quotes.update(quote.id, { description: 'late' })).rejects.toMatchObject({
      param: 'description',
    });
    const accepted = await under.stripe.quotes.accept(quote.id, { expand: ['line_items'] });
    expect(accepted).toMatchObject({ status: 'accepted', subscription_schedule: null });
    expect(accepted.line_items?.data.map(({ quantity }) => quantity)).toEqual([3, 1]);
    const subscription = await under.stripe.subscriptions.retrieve(String(accepted.subscription));
    expect(subscription).toMatchObject({ status: 'active', metadata: { deal: '7' } });
    expect((await customer.invoices())[0]).toMatchObject({ status: 'draft', total: 3150 });
    await customer.moveTo('2027-06-01 02:00:00');
    expect((await customer.invoices())[0]).toMatchObject({ status: 'paid', amount_paid: 3150 });
    expect((await under.stripe.coupons.retrieve(coupon.id)).times_redeemed).toBe(1);
    const types = (await customer.events()).map(({ type }) => type).filter((type) => type.startsWith('quote.'));
    expect(types).toEqual(['quote.created', 'quote.finalized', 'quote.accepted']);
  });

  it('from a date on makes a schedule', async () => {
    const quote = await under.stripe.quotes.create({
      customer: customer.id,
      line_items: [{ price: await customer.price(1000) }],
      subscription_data: { effective_date: utc('2027-06-20 00:00:00') },
    });
    await under.stripe.quotes.finalizeQuote(quote.id);
    const { subscription, subscription_schedule: id } = await under.stripe.quotes.accept(quote.id);
    expect(subscription).toBeNull();
    const schedule = await under.stripe.subscriptionSchedules.retrieve(String(id));
    expect(schedule.status).toBe('not_started');
    expect(shown(schedule.phases[0]?.start_date)).toBe('2027-06-20 00:00:00');
    await customer.moveTo('2027-06-20 02:00:00');
    expect((await customer.invoices())[0]).toMatchObject({ status: 'paid', total: 1000 });
  });

  it('of one-time prices makes a draft invoice', async () => {
    const quote = await under.stripe.quotes.create({
      collection_method: 'send_invoice',
      customer: customer.id,
      invoice_settings: { days_until_due: 14 },
      line_items: [{ price: await oneTime(700), quantity: 2 }],
    });
    await under.stripe.quotes.finalizeQuote(quote.id);
    const { invoice } = await under.stripe.quotes.accept(quote.id);
    const draft = await under.stripe.invoices.retrieve(String(invoice));
    expect(draft).toMatchObject({ status: 'draft', total: 1400, parent: { quote_details: { quote: quote.id } } });
    expect(shown(draft.due_date)).toBe('2027-06-15 00:00:00');
  });

  it('is changed while it is a draft, copied, listed and canceled', async () => {
    const quote = await under.stripe.quotes.create({ customer: customer.id });
    await expect(under.stripe.quotes.finalizeQuote(quote.id)).rejects.toThrow('line items');
    const filled = await under.stripe.quotes.update(quote.id, {
      header: 'Offer',
      line_items: [{ price: await customer.price(1000) }],
      subscription_data: { trial_period_days: 7 },
    });
    expect(filled).toMatchObject({ header: 'Offer', amount_total: 0, computed: { recurring: { amount_total: 1000 } } });
    const copy = await under.stripe.quotes.create({ from_quote: { quote: quote.id } });
    expect(copy).toMatchObject({ header: 'Offer', from_quote: { quote: quote.id }, status: 'draft' });
    expect((await under.stripe.quotes.listLineItems(copy.id)).data.length).toBe(1);
    expect(await under.stripe.quotes.cancel(quote.id)).toMatchObject({ status: 'canceled' });
    await expect(under.stripe.quotes.cancel(quote.id)).rejects.toThrow('canceled');
    const { data } = await under.stripe.quotes.list({ customer: customer.id, status: 'draft' });
    expect(data.map(({ id }) => id)).toEqual([copy.id]);
  });

  it('cannot be accepted once it has expired', async () => {
    const quote = await under.stripe.quotes.create({
      customer: customer.id,
      expires_at: utc('2027-06-02 00:00:00'),
      line_items: [{ price: await customer.price(1000) }],
    });
    await under.stripe.quotes.finalizeQuote(quote.id);
    await customer.moveTo('2027-06-03 00:00:00');
    await expect(under.stripe.quotes.accept(quote.id)).rejects.toThrow('expired');
  });
});
