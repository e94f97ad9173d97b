import type Stripe from 'stripe';
import { BilledCustomer, lineAmounts } from './support/billing.js';
import { SandboxUnderTest } from './support/sandbox-under-test.js';

describe('a preview of an invoice', () => {
  let under: SandboxUnderTest;

  beforeAll(async () => {
    under = await SandboxUnderTest.start();
  });
  afterAll(() => under.stop());

  const amounts = (invoice: Stripe.Invoice) => ({
    lines: lineAmounts(invoice),
    total: invoice.total,
    amount_due: invoice.amount_due,
    starting_balance: invoice.starting_balance,
    ending_balance: invoice.ending_balance,
  });

  const renewed = async (customer: BilledCustomer, time: string): Promise<Stripe.Invoice> => {
    await customer.moveTo(time);
    const last = (await customer.invoices()).at(-1);
    if (!last) throw new Error('No invoice');
    return last;
  };

  it('of the next renewal equals it, and leaves nothing behind', async () => {
    const customer = await BilledCustomer.at(under, '2027-06-01 00:00:00');
    const subscription = await customer.subscribe(1000);
    const preview = await under.stripe.invoices.createPreview({ subscription: subscription.id });

    expect(preview.id).toMatch(/^upcoming_in_/);
    expect(preview).toMatchObject({ status: 'draft', billing_reason: 'subscription_cycle' });
    expect(await customer.invoices()).toHaveLength(1);
    expect(await under.stripe.subscriptions.retrieve(subscription.id)).toEqual(
      expect.objectContaining({ latest_invoice: subscription.latest_invoice }),
    );
    expect(amounts(await renewed(customer, '2027-07-01 01:00:00'))).toEqual(amounts(preview));
  });

  it.each(['always_invoice', 'create_prorations', 'none'] as const)(
    'of a change with %s equals what is charged',
    async (behavior) => {
      const customer = await BilledCustomer.at(under, '2027-06-01 00:00:00');
      const subscription = await customer.subscribe(2000);
      await customer.moveTo('2027-06-11 08:15:00');
      const items = [{ id: String(subscription.items.data[0]?.id), price: await customer.price(3333), quantity: 3 }];
      const details = { items, proration_behavior: behavior };
      const preview = await under.stripe.invoices.createPreview({
        subscription: subscription.id,
        subscription_details: details,
      });
      await under.stripe.subscriptions.update(subscription.id, details);

      const charged =
        behavior === 'always_invoice' ? (await customer.invoices())[1] : await renewed(customer, '2027-07-01 01:00:00');
      expect(charged && amounts(charged)).toEqual(amounts(preview));
      expect(charged?.status).toBe('paid');
    },
  );

  it('of an end now is its credit', async () => {
    const customer = await BilledCustomer.at(under, '2027-06-01 00:00:00');
    const { id } = await customer.subscribe(1000);
    await customer.moveTo('2027-06-21 00:00:00');
    const preview = await under.stripe.invoices.createPreview({
      subscription: id,
      subscription_details: { cancel_now: true },
    });
    await under.stripe.subscriptions.cancel(id, { prorate: true, invoice_now: true });

    expect(lineAmounts(preview)).toEqual([-333]);
    expect(await customer.balance()).toBe(preview.ending_balance);
  });

  it('of a new subscription is its first invoice', async () => {
    const customer = await BilledCustomer.at(under, '2027-06-01 00:00:00');
    const price = await customer.price(1500);
    const preview = await under.stripe.invoices.createPreview({
      customer: customer.id,
      subscription_details: { items: [{ price, quantity: 2 }] },
    });

    expect(preview).toMatchObject({ amount_due: 3000, billing_reason: 'subscription_create' });
    expect((await under.stripe.subscriptions.list({ customer: customer.id })).data).toEqual([]);
  });

  it('is refused where nothing is upcoming', async () => {
    const customer = await BilledCustomer.at(under, '2027-06-01 00:00:00');
    await expect(under.stripe.invoices.createPreview({ customer: customer.id })).rejects.toMatchObject({
      code: 'invoice_upcoming_none',
    });
  });
});
