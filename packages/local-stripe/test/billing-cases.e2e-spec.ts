import { BilledCustomer, periodOf, shown } from './support/billing.js';
import { SandboxUnderTest } from './support/sandbox-under-test.js';

/** The courses C1 to C8 of the shared notes on subscriptions. */
describe('the course of a subscription', () => {
  let under: SandboxUnderTest;

  beforeAll(async () => {
    under = await SandboxUnderTest.start();
  });
  afterAll(() => under.stop());

  const read = (id: string) => under.stripe.subscriptions.retrieve(id);

  it('C1: a trial with a card ends active with a draft, which is paid an hour later', async () => {
    const customer = await BilledCustomer.at(under, '2027-01-10 12:00:00');
    const { id } = await customer.subscribe(2000, { trial_period_days: 14 });
    const [first] = await customer.invoices();
    expect(first).toMatchObject({ amount_due: 0, status: 'paid', billing_reason: 'subscription_create' });
    expect(await read(id)).toMatchObject({ status: 'trialing' });

    await customer.moveTo('2027-01-21 12:00:00');
    const warned = (await customer.events()).find(({ type }) => type === 'customer.subscription.trial_will_end');
    expect(warned).toBeDefined();
    await customer.moveTo('2027-01-24 12:00:00');
    const active = await read(id);
    expect(active.status).toBe('active');
    expect(periodOf(active)).toEqual(['2027-01-24 12:00:00', '2027-02-24 12:00:00']);
    expect((await customer.invoices())[1]).toMatchObject({ status: 'draft', amount_due: 2000 });

    await customer.moveTo('2027-01-24 13:00:00');
    const paid = (await customer.invoices())[1];
    expect(paid).toMatchObject({ status: 'paid', amount_paid: 2000, attempt_count: 1 });
    expect(shown(paid?.status_transitions.paid_at)).toBe('2027-01-24 13:00:00');
    await customer.moveTo('2027-02-25 12:00:00');
    expect(periodOf(await read(id))).toEqual(['2027-02-24 12:00:00', '2027-03-24 12:00:00']);
  });

  it('C2: the end of a trial of two days is announced at its creation', async () => {
    const customer = await BilledCustomer.at(under, '2027-01-10 12:00:00');
    await customer.subscribe(2000, { trial_period_days: 2 });
    const types = (await customer.events()).map(({ type }) => type);
    expect(types).toContain('customer.subscription.trial_will_end');
  });

  it.each([
    ['cancel', 'canceled', 1],
    ['pause', 'paused', 1],
    ['create_invoice', 'active', 2],
  ] as const)('C3: a trial without a card, %s', async (missing, status, invoices) => {
    const customer = await BilledCustomer.at(under, '2027-01-10 12:00:00', 'none');
    const { id } = await customer.subscribe(2000, {
      trial_period_days: 14,
      trial_settings: { end_behavior: { missing_payment_method: missing } },
    });
    await customer.moveTo('2027-01-24 12:00:00');
    expect((await read(id)).status).toBe(status);
    expect(await customer.invoices()).toHaveLength(invoices);
    if (missing !== 'create_invoice') return;
    await customer.moveTo('2027-01-24 13:00:00');
    expect((await read(id)).status).toBe('past_due');
  });

  it('C4: a renewal that fails is tried again after 3, 5 and 7 days, then the subscription is canceled', async () => {
    const customer = await BilledCustomer.at(under, '2027-01-01 00:00:00');
    const { id } = await customer.subscribe(2000);
    await customer.useCard('pm_card_chargeCustomerFail');
    const state = async () => {
      const invoice = (await customer.invoices())[1];
      return [(await read(id)).status, invoice?.status, invoice?.attempt_count, shown(invoice?.next_payment_attempt)];
    };
    await customer.moveTo('2027-02-01 00:00:00');
    expect(await state()).toEqual(['active', 'draft', 0, '2027-02-01 01:00:00']);
    await customer.moveTo('2027-02-01 01:00:00');
    expect(await state()).toEqual(['past_due', 'open', 1, '2027-02-04 01:00:00']);
    await customer.moveTo('2027-02-04 01:00:00');
    expect(await state()).toEqual(['past_due', 'open', 2, '2027-02-09 01:00:00']);
    await customer.moveTo('2027-02-09 01:00:00');
    expect(await state()).toEqual(['past_due', 'open', 3, '2027-02-16 01:00:00']);
    await customer.moveTo('2027-02-16 01:00:00');
    expect(await state()).toEqual(['canceled', 'open', 4, 'never']);
    expect(await read(id)).toMatchObject({ cancellation_details: { reason: 'payment_failed' } });
    expect((await customer.invoices())[1]).toMatchObject({ auto_advance: false });
  });

  it('C5: a new default card is charged at the next attempt', async () => {
    const customer = await BilledCustomer.at(under, '2027-01-01 00:00:00');
    const { id } = await customer.subscribe(2000);
    await customer.useCard('pm_card_chargeCustomerFail');
    await customer.moveTo('2027-02-02 00:00:00');
    expect((await read(id)).status).toBe('past_due');
    await customer.useCard('pm_card_visa');
    await customer.moveTo('2027-02-04 01:00:00');

    const after = await read(id);
    expect(after.status).toBe('active');
    expect(periodOf(after)).toEqual(['2027-02-01 00:00:00', '2027-03-01 00:00:00']);
    expect((await customer.invoices())[1]).toMatchObject({ status: 'paid', attempt_count: 2 });
  });

  it('C6: a first invoice that is never paid is void after 23 hours', async () => {
    const customer = await BilledCustomer.at(under, '2027-01-01 00:00:00');
    const { id, status } = await customer.subscribe(2000, { payment_behavior: 'default_incomplete' });
    expect(status).toBe('incomplete');
    await customer.moveTo('2027-01-01 22:59:59');
    expect((await read(id)).status).toBe('incomplete');
    await customer.moveTo('2027-01-01 23:00:00');
    expect((await read(id)).status).toBe('incomplete_expired');
    expect((await customer.invoices())[0]).toMatchObject({ status: 'void' });
  });

  it('C7: an end at the period’s end that is taken back leaves one renewal as usual', async () => {
    const customer = await BilledCustomer.at(under, '2027-01-01 00:00:00');
    const { id } = await customer.subscribe(2000);
    await customer.moveTo('2027-01-10 00:00:00');
    const ending = await under.stripe.subscriptions.update(id, { cancel_at_period_end: true });
    expect(ending).toMatchObject({ status: 'active', cancel_at_period_end: true });
    expect(shown(ending.cancel_at)).toBe('2027-02-01 00:00:00');
    await customer.moveTo('2027-01-20 00:00:00');
    const undone = await under.stripe.subscriptions.update(id, { cancel_at_period_end: false });
    expect(undone).toMatchObject({ cancel_at: null, cancel_at_period_end: false, canceled_at: null });

    await customer.moveTo('2027-02-01 01:00:00');
    expect((await customer.invoices()).map(({ amount_paid: paid }) => paid)).toEqual([2000, 2000]);
    expect((await read(id)).status).toBe('active');
  });

  it('ends at the period’s end where this is not taken back', async () => {
    const customer = await BilledCustomer.at(under, '2027-01-01 00:00:00');
    const { id } = await customer.subscribe(2000);
    await under.stripe.subscriptions.update(id, { cancel_at_period_end: true });
    await customer.moveTo('2027-03-01 00:00:00');

    const ended = await read(id);
    expect(ended.status).toBe('canceled');
    expect(shown(ended.ended_at)).toBe('2027-02-01 00:00:00');
    expect(await customer.invoices()).toHaveLength(1);
  });

  it('C8: an upgrade that waits for its payment is dropped after 23 hours', async () => {
    const customer = await BilledCustomer.at(under, '2027-06-01 00:00:00');
    const { id, items } = await customer.subscribe(1000);
    await customer.moveTo('2027-06-16 00:00:00');
    await customer.useCard('pm_card_chargeCustomerFail');
    const price = await customer.price(2000);
    const waiting = await under.stripe.subscriptions.update(id, {
      items: [{ id: String(items.data[0]?.id), price }],
      payment_behavior: 'pending_if_incomplete',
      proration_behavior: 'always_invoice',
    });
    expect(waiting).toMatchObject({
      status: 'active',
      pending_update: { subscription_items: [{ price: { id: price } }] },
    });
    expect(waiting.items.data[0]?.price.unit_amount).toBe(1000);
    expect(shown(waiting.pending_update?.expires_at)).toBe('2027-06-16 23:00:00');

    await customer.moveTo('2027-06-16 23:00:00');
    expect(await read(id)).toMatchObject({ status: 'active', pending_update: null });
    const invoice = await under.stripe.invoices.retrieve(String(waiting.latest_invoice));
    expect(invoice).toMatchObject({ status: 'void', total: 500 });
    const types = (await customer.events()).map(({ type }) => type);
    expect(types).toContain('customer.subscription.pending_update_expired');
    await customer.moveTo('2027-07-01 00:00:00');
    expect((await customer.invoices())[2]).toMatchObject({ total: 1000 });
  });
});
