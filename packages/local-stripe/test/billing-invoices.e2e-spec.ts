import type Stripe from 'stripe';
import { BilledCustomer, lineAmounts } from './support/billing.js';
import { SandboxUnderTest } from './support/sandbox-under-test.js';

describe('an invoice', () => {
  let under: SandboxUnderTest;

  beforeAll(async () => {
    under = await SandboxUnderTest.start();
  });
  afterAll(() => under.stop());

  const draft = async (customer: BilledCustomer, amount = 2000, more: Partial<Stripe.InvoiceCreateParams> = {}) => {
    await under.stripe.invoiceItems.create({ customer: customer.id, amount, currency: 'usd' });
    return under.stripe.invoices.create({ customer: customer.id, pending_invoice_items_behavior: 'include', ...more });
  };

  it('gathers the items that wait, and is paid by a call', async () => {
    const customer = await BilledCustomer.at(under, '2027-06-01 00:00:00');
    const { id, ...made } = await draft(customer);
    expect(made).toMatchObject({ status: 'draft', amount_due: 2000, billing_reason: 'manual', auto_advance: false });
    const paid = await under.stripe.invoices.pay(id, { expand: ['payments.data.payment.payment_intent'] });

    expect(paid).toMatchObject({ status: 'paid', amount_paid: 2000, attempt_count: 1, amount_remaining: 0 });
    expect(paid.payments?.data).toMatchObject([
      { status: 'paid', amount_paid: 2000, is_default: true, payment: { payment_intent: { status: 'succeeded' } } },
    ]);
    await expect(under.stripe.invoices.pay(id)).rejects.toMatchObject({ statusCode: 400 });
  });

  it('takes an item while it is a draft, and then no more', async () => {
    const customer = await BilledCustomer.at(under, '2027-06-01 00:00:00');
    const { id } = await under.stripe.invoices.create({ customer: customer.id });
    const item = await under.stripe.invoiceItems.create({ customer: customer.id, invoice: id, amount: 700 });
    await under.stripe.invoiceItems.update(item.id, { amount: 900 });
    const before = await under.stripe.invoices.retrieve(id);
    expect([lineAmounts(before), before.total]).toEqual([[900], 900]);
    await under.stripe.invoices.finalizeInvoice(id);

    await expect(under.stripe.invoiceItems.update(item.id, { amount: 1 })).rejects.toMatchObject({
      code: 'invoice_not_editable',
    });
    await expect(under.stripe.invoices.del(id)).rejects.toMatchObject({ statusCode: 400 });
  });

  it('is a card error where the card declines; the attempt is kept', async () => {
    const customer = await BilledCustomer.at(under, '2027-06-01 00:00:00', 'pm_card_chargeCustomerFail');
    const { id } = await draft(customer);
    await expect(under.stripe.invoices.pay(id)).rejects.toMatchObject({ statusCode: 402, type: 'StripeCardError' });

    expect(await under.stripe.invoices.retrieve(id)).toMatchObject({
      status: 'open',
      attempt_count: 1,
      attempted: true,
    });
  });

  it('is voided, marked uncollectible, sent and paid outside of Stripe', async () => {
    const customer = await BilledCustomer.at(under, '2027-06-01 00:00:00');
    const open = async () => under.stripe.invoices.finalizeInvoice((await draft(customer)).id);
    const voided = await under.stripe.invoices.voidInvoice((await open()).id);
    expect(voided.status).toBe('void');
    await expect(under.stripe.invoices.pay(voided.id)).rejects.toMatchObject({ statusCode: 400 });
    expect((await under.stripe.invoices.markUncollectible((await open()).id)).status).toBe('uncollectible');
    const outside = await under.stripe.invoices.pay((await open()).id, { paid_out_of_band: true });
    expect(outside).toMatchObject({ status: 'paid', amount_paid_off_stripe: 2000 });
    const sent = await draft(customer, 2000, { collection_method: 'send_invoice', days_until_due: 30 });
    expect((await under.stripe.invoices.sendInvoice(sent.id)).status).toBe('open');
  });

  it('gives the balance that it took back where it is voided', async () => {
    const customer = await BilledCustomer.at(under, '2027-06-01 00:00:00');
    await under.stripe.customers.createBalanceTransaction(customer.id, { amount: -500, currency: 'usd' });
    const balance = async () => ((await under.stripe.customers.retrieve(customer.id)) as Stripe.Customer).balance;
    const { id, amount_due: due } = await under.stripe.invoices.finalizeInvoice((await draft(customer)).id);
    expect([due, await balance()]).toEqual([1500, 0]);
    await under.stripe.invoices.voidInvoice(id);
    expect(await balance()).toBe(-500);
    const [given] = (await under.stripe.customers.listBalanceTransactions(customer.id)).data;
    expect(given).toMatchObject({ type: 'unapplied_from_invoice', amount: -500, ending_balance: -500, invoice: id });
  });

  it('over nothing, the newest of a subscription that is past due, makes it active; the older one changes nothing', async () => {
    const customer = await BilledCustomer.at(under, '2027-01-01 00:00:00');
    const { id } = await customer.subscribe(1000);
    const { id: failing } = await under.stripe.paymentMethods.attach('pm_card_chargeCustomerFail', {
      customer: customer.id,
    });
    await under.stripe.subscriptions.update(id, { default_payment_method: failing });
    const status = async () => (await under.stripe.subscriptions.retrieve(id)).status;
    await customer.moveTo('2027-02-01 01:00:00');
    expect(await status()).toBe('past_due');
    const [item] = (await under.stripe.subscriptions.retrieve(id)).items.data;
    await under.stripe.subscriptions.update(id, {
      items: [{ id: String(item?.id), price: await customer.price(100) }],
      proration_behavior: 'always_invoice',
    });

    const [, older, newest] = await customer.invoices();
    expect(newest).toMatchObject({ amount_due: 0, status: 'paid' });
    expect(older?.status).toBe('open');
    expect(await status()).toBe('active');
    const visa = await customer.useCard('pm_card_visa');
    await under.stripe.invoices.pay(String(older?.id), { payment_method: visa });
    expect(await status()).toBe('active');
  });

  it('of a subscription is paid by the customer with its client secret', async () => {
    const customer = await BilledCustomer.at(under, '2027-06-01 00:00:00');
    const subscription = await customer.subscribe(2000, {
      payment_behavior: 'default_incomplete',
      expand: ['latest_invoice.confirmation_secret'],
    });
    const invoice = subscription.latest_invoice as Awaited<ReturnType<typeof under.stripe.invoices.retrieve>>;
    expect(subscription.status).toBe('incomplete');
    const [intent = ''] = String(invoice.confirmation_secret?.client_secret).split('_secret_');
    await under.stripe.paymentIntents.confirm(intent, {
      payment_method: 'pm_card_visa',
      return_url: 'http://shop.test',
    });

    expect(await under.stripe.subscriptions.retrieve(subscription.id)).toMatchObject({ status: 'active' });
    expect(await under.stripe.invoices.retrieve(invoice.id)).toMatchObject({ status: 'paid', attempt_count: 1 });
  });

  it('is refused, and nothing made, with error_if_incomplete', async () => {
    const customer = await BilledCustomer.at(under, '2027-06-01 00:00:00', 'pm_card_chargeCustomerFail');
    await expect(customer.subscribe(2000, { payment_behavior: 'error_if_incomplete' })).rejects.toMatchObject({
      statusCode: 402,
      code: 'card_declined',
    });
    expect(await customer.invoices()).toEqual([]);
    const incomplete = await customer.subscribe(2000);
    expect(incomplete.status).toBe('incomplete');
  });

  it('needs a payment method, unless the customer is to confirm it', async () => {
    const customer = await BilledCustomer.at(under, '2027-06-01 00:00:00', 'none');
    await expect(customer.subscribe(2000)).rejects.toMatchObject({ statusCode: 400, code: 'resource_missing' });
  });

  it('has its events in the order that real accounts log', async () => {
    const customer = await BilledCustomer.at(under, '2027-06-01 00:00:00');
    const [before] = (await under.stripe.events.list({ limit: 1 })).data;
    await customer.subscribe(2000);

    const events = await customer.events(before?.id);
    expect(events.map(({ type }) => type)).toEqual([
      'charge.succeeded',
      'customer.updated',
      'customer.subscription.created',
      'payment_intent.succeeded',
      'payment_intent.created',
      'invoice.created',
      'invoice.finalized',
      'invoice.paid',
      'invoice.payment_succeeded',
      'invoice_payment.paid',
    ]);
  });
});
