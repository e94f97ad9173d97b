import type Stripe from 'stripe';
import { BilledCustomer, lineAmounts } from './support/billing.js';
import { SandboxUnderTest } from './support/sandbox-under-test.js';

describe('an invoice that is edited', () => {
  let under: SandboxUnderTest;
  let customer: BilledCustomer;

  beforeAll(async () => {
    under = await SandboxUnderTest.start();
  });
  afterAll(() => under.stop());
  beforeEach(async () => {
    customer = await BilledCustomer.at(under, '2027-06-01 00:00:00');
  });

  const draft = () => under.stripe.invoices.create({ customer: customer.id, auto_advance: false });
  const oneTime = (unit_amount: number) =>
    under.stripe.prices.create({ currency: 'usd', unit_amount, product_data: { name: 'Setup' } });

  it('gets, changes and loses lines while it is a draft', async () => {
    const { id } = await draft();
    const price = await oneTime(700);
    const waiting = await under.stripe.invoiceItems.create({ customer: customer.id, amount: 300, currency: 'usd' });
    const filled = await under.stripe.invoices.addLines(id, {
      invoice_metadata: { kind: 'edited' },
      lines: [
        { amount: 1000, description: 'Work' },
        { pricing: { price: price.id }, quantity: 2, metadata: { a: 'b' } },
        { invoice_item: waiting.id },
      ],
    });
    expect(lineAmounts(filled)).toEqual([1000, 1400, 300]);
    expect(filled).toMatchObject({ total: 2700, amount_due: 2700, metadata: { kind: 'edited' } });
    const [work, setup, late] = filled.lines.data as [
      Stripe.InvoiceLineItem,
      Stripe.InvoiceLineItem,
      Stripe.InvoiceLineItem,
    ];
    expect(setup).toMatchObject({ metadata: { a: 'b' }, quantity: 2 });

    const changed = await under.stripe.invoices.updateLines(id, {
      lines: [
        { id: work.id, amount: 900, description: 'Less work' },
        { id: setup.id, quantity: 1 },
      ],
    });
    expect(lineAmounts(changed)).toEqual([900, 700, 300]);
    expect(changed.lines.data[0]).toMatchObject({ id: work.id, description: 'Less work' });
    expect(await under.stripe.invoices.updateLineItem(id, work.id, { amount: 800 })).toMatchObject({ amount: 800 });

    const left = await under.stripe.invoices.removeLines(id, {
      lines: [
        { id: setup.id, behavior: 'delete' },
        { id: late.id, behavior: 'unassign' },
      ],
    });
    expect(lineAmounts(left)).toEqual([800]);
    expect(await under.stripe.invoiceItems.retrieve(waiting.id)).toMatchObject({ invoice: null });
    const open = await under.stripe.invoices.finalizeInvoice(id);
    expect(open.amount_due).toBe(800);
    await expect(under.stripe.invoices.addLines(id, { lines: [{ amount: 1 }] })).rejects.toMatchObject({
      code: 'invoice_not_editable',
    });
    expect((await under.stripe.invoices.retrieve(id)).amount_due).toBe(800);
  });

  it('keeps the lines of its subscription, whose amount can be set for once', async () => {
    await customer.subscribe(1000);
    await customer.moveTo('2027-07-01 00:30:00');
    const renewal = (await customer.invoices())[1] as Stripe.Invoice;
    const line = renewal.lines.data[0]?.id ?? '';
    const changed = await under.stripe.invoices.updateLines(renewal.id, { lines: [{ id: line, amount: 600 }] });
    expect(changed.total).toBe(600);
    await expect(
      under.stripe.invoices.removeLines(renewal.id, { lines: [{ id: line, behavior: 'delete' }] }),
    ).rejects.toThrow('cannot be removed');
    await customer.moveTo('2027-07-01 02:00:00');
    expect((await customer.invoices())[1]).toMatchObject({ status: 'paid', amount_paid: 600 });
  });

  it('is paid by Payment Intents that are attached, in parts and later', async () => {
    const { id } = await draft();
    await under.stripe.invoices.addLines(id, { lines: [{ amount: 2000 }] });
    await under.stripe.invoices.finalizeInvoice(id);
    const pay = (amount: number, confirm: boolean) =>
      under.stripe.paymentIntents.create({
        amount,
        confirm,
        currency: 'usd',
        customer: customer.id,
        payment_method: 'pm_card_visa',
        automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
      });
    const part = await under.stripe.invoices.attachPayment(id, { payment_intent: (await pay(500, true)).id });
    expect(part).toMatchObject({ status: 'open', amount_paid: 500, amount_remaining: 1500 });
    const later = await pay(1500, false);
    expect((await under.stripe.invoices.attachPayment(id, { payment_intent: later.id })).status).toBe('open');
    await expect(under.stripe.invoices.attachPayment(id, { payment_intent: later.id })).rejects.toThrow('already');
    await under.stripe.paymentIntents.confirm(later.id);
    expect(await under.stripe.invoices.retrieve(id)).toMatchObject({ status: 'paid', amount_paid: 2000 });
  });
});

describe('one-time prices that are added to a subscription', () => {
  let under: SandboxUnderTest;

  beforeAll(async () => {
    under = await SandboxUnderTest.start();
  });
  afterAll(() => under.stop());

  it('are on its first invoice, or on the next one', async () => {
    const customer = await BilledCustomer.at(under, '2027-06-01 00:00:00');
    const setup = await under.stripe.prices.create({
      currency: 'usd',
      unit_amount: 500,
      product_data: { name: 'Setup' },
    });
    const { id } = await customer.subscribe(1000, { add_invoice_items: [{ price: setup.id, quantity: 2 }] });
    const trial = await customer.subscribe(1000, { trial_period_days: 7, add_invoice_items: [{ price: setup.id }] });
    const [first, second] = await customer.invoices();
    expect(first).toMatchObject({ total: 2000, status: 'paid' });
    expect(second).toMatchObject({
      total: 500,
      status: 'paid',
      parent: { subscription_details: { subscription: trial.id } },
    });

    await under.stripe.subscriptions.cancel(trial.id);
    await under.stripe.subscriptions.update(id, { add_invoice_items: [{ price: setup.id }] });
    await customer.moveTo('2027-07-01 02:00:00');
    expect((await customer.invoices())[2]).toMatchObject({ total: 1500, status: 'paid' });
    const recurring = await customer.price(100);
    await expect(
      under.stripe.subscriptions.update(id, { add_invoice_items: [{ price: recurring }] }),
    ).rejects.toMatchObject({ param: 'add_invoice_items[0][price]' });
  });
});
