import { BilledCustomer } from './support/billing.js';
import { SandboxUnderTest } from './support/sandbox-under-test.js';

/** The orders of section 5 of the shared notes on subscriptions. */
describe('the events of billing', () => {
  let under: SandboxUnderTest;

  beforeAll(async () => {
    under = await SandboxUnderTest.start();
  });
  afterAll(() => under.stop());

  const last = async (): Promise<string | undefined> => (await under.stripe.events.list({ limit: 1 })).data[0]?.id;
  const since = async (customer: BilledCustomer, before: string | undefined, work: () => Promise<unknown>) => {
    await work();
    return (await customer.events(before)).filter(({ type }) => !type.startsWith('test_helpers'));
  };
  const types = (events: Array<{ type: string }>): string[] => events.map(({ type }) => type);

  it('of a renewal: the draft and the period, an hour later the payment', async () => {
    const customer = await BilledCustomer.at(under, '2027-06-01 00:00:00');
    await customer.subscribe(1000);
    await customer.moveTo('2027-06-30 00:00:00');
    const atEnd = await since(customer, await last(), () => customer.moveTo('2027-07-01 00:00:00'));
    expect(types(atEnd)).toEqual(['invoice.created', 'customer.subscription.updated']);
    const previous = atEnd[1]?.data.previous_attributes as Record<string, unknown>;
    expect(Object.keys(previous).toSorted()).toEqual(['items', 'latest_invoice']);

    const paid = await since(customer, await last(), () => customer.moveTo('2027-07-01 01:00:00'));
    expect(types(paid)).toEqual([
      'invoice.finalized',
      'payment_intent.created',
      'charge.succeeded',
      'payment_intent.succeeded',
      'invoice.updated',
      'invoice.paid',
      'invoice.payment_succeeded',
      'invoice_payment.paid',
    ]);
  });

  it('of a renewal that fails, a retry, a recovery', async () => {
    const customer = await BilledCustomer.at(under, '2027-06-01 00:00:00');
    await customer.subscribe(1000);
    await customer.useCard('pm_card_chargeCustomerFail');
    await customer.moveTo('2027-07-01 00:00:00');
    const failed = await since(customer, await last(), () => customer.moveTo('2027-07-01 01:00:00'));
    expect(types(failed)).toEqual([
      'invoice.finalized',
      'payment_intent.created',
      'charge.failed',
      'payment_intent.payment_failed',
      'invoice.updated',
      'invoice.payment_failed',
      'customer.subscription.updated',
    ]);
    expect(failed.at(-1)?.data.previous_attributes).toEqual({ status: 'active' });

    const retried = await since(customer, await last(), () => customer.moveTo('2027-07-04 01:00:00'));
    expect(types(retried)).toEqual([
      'charge.failed',
      'payment_intent.payment_failed',
      'invoice.updated',
      'invoice.payment_failed',
    ]);
    await customer.useCard('pm_card_visa');
    const recovered = await since(customer, await last(), () => customer.moveTo('2027-07-09 01:00:00'));
    expect(types(recovered)).toEqual([
      'charge.succeeded',
      'payment_intent.succeeded',
      'invoice.updated',
      'invoice.paid',
      'invoice.payment_succeeded',
      'customer.subscription.updated',
      'invoice_payment.paid',
    ]);
  });

  it('of an upgrade, at once and waiting', async () => {
    const customer = await BilledCustomer.at(under, '2027-06-01 00:00:00');
    const { id, items } = await customer.subscribe(1000);
    await customer.moveTo('2027-06-11 00:00:00');
    const change = async (amount: number, behavior: 'always_invoice' | 'create_prorations') => {
      const price = await customer.price(amount);
      const before = await last();
      return since(customer, before, () =>
        under.stripe.subscriptions.update(id, {
          items: [{ id: String(items.data[0]?.id), price }],
          proration_behavior: behavior,
        }),
      );
    };
    expect(types(await change(2000, 'always_invoice'))).toEqual([
      'invoiceitem.created',
      'invoiceitem.created',
      'charge.succeeded',
      'payment_intent.created',
      'payment_intent.succeeded',
      'customer.subscription.updated',
      'invoice.created',
      'invoice.finalized',
      'invoice.paid',
      'invoice.payment_succeeded',
      'invoice_payment.paid',
    ]);
    const waiting = await change(3000, 'create_prorations');
    expect(types(waiting)).toEqual(['invoiceitem.created', 'invoiceitem.created', 'customer.subscription.updated']);
    const previous = waiting[2]?.data.previous_attributes as Record<string, unknown>;
    expect(Object.keys(previous).toSorted()).toEqual(['items', 'plan']);
  });

  it('of a first invoice that waits, and of its payment by the customer', async () => {
    const customer = await BilledCustomer.at(under, '2027-06-01 00:00:00', 'none');
    let intent = '';
    const created = await since(customer, await last(), async () => {
      const { latest_invoice: invoice } = await customer.subscribe(1000, {
        payment_behavior: 'default_incomplete',
        payment_settings: { save_default_payment_method: 'on_subscription' },
        expand: ['latest_invoice.payments'],
      });
      if (invoice !== null && typeof invoice === 'object') {
        intent = String(invoice.payments?.data[0]?.payment.payment_intent);
      }
    });
    expect(types(created)).toEqual([
      'customer.updated',
      'customer.subscription.created',
      'invoice.created',
      'invoice.finalized',
      'payment_intent.created',
    ]);
    const method = { payment_method: 'pm_card_visa', return_url: 'https://example.test' };
    const paid = await since(customer, await last(), () => under.stripe.paymentIntents.confirm(intent, method));
    expect(types(paid)).toEqual([
      'charge.succeeded',
      'payment_method.attached',
      'payment_intent.succeeded',
      'invoice.updated',
      'invoice.paid',
      'invoice.payment_succeeded',
      'customer.subscription.updated',
      'invoice_payment.paid',
    ]);
    const previous = paid.find(({ type }) => type === 'customer.subscription.updated')?.data.previous_attributes;
    expect(previous).toEqual({ default_payment_method: null, status: 'incomplete' });
  });

  it('of a trial that ends', async () => {
    const customer = await BilledCustomer.at(under, '2027-06-01 00:00:00');
    await customer.subscribe(1000, { trial_period_days: 10 });
    await customer.moveTo('2027-06-10 00:00:00');
    const ended = await since(customer, await last(), () => customer.moveTo('2027-06-11 00:00:00'));
    expect(types(ended)).toEqual(['customer.subscription.updated', 'invoice.created']);
    expect(ended[0]?.data.previous_attributes).toMatchObject({ status: 'trialing' });
  });

  it('of a customer who is deleted: the subscription ends at once', async () => {
    const customer = await BilledCustomer.at(under, '2027-06-01 00:00:00');
    const { id } = await customer.subscribe(1000);
    const deleted = await since(customer, await last(), () => under.stripe.customers.del(customer.id));
    expect(types(deleted)).toContain('customer.subscription.deleted');
    expect((await under.stripe.subscriptions.retrieve(id)).status).toBe('canceled');
  });
});
