import { BilledCustomer } from './support/billing.js';
import { control } from './support/control.js';
import { see } from './support/customer.js';
import { Pages, textOf } from './support/pages.js';
import { SandboxUnderTest } from './support/sandbox-under-test.js';

describe('the pages of billing', () => {
  let under: SandboxUnderTest;
  let pages: Pages;
  let customer: BilledCustomer;

  beforeAll(async () => {
    under = await SandboxUnderTest.start();
    pages = new Pages(under);
  });
  afterAll(() => under.stop());
  beforeEach(async () => {
    await under.sandbox.reset();
    customer = await BilledCustomer.at(under, '2027-06-01 00:00:00');
  });

  it('list what there is, with what comes next', async () => {
    const { id } = await customer.subscribe(2000);
    const customers = await pages.read('/customers');
    expect(customers).toContain('ada@example.com');
    expect(customers).toContain('active');
    expect(await pages.read('/subscriptions')).toMatch(
      /Pro active \$20\.00 per month ada@example\.com Renews 1 Jul 2027/,
    );
    expect(await pages.read('/subscriptions?status=canceled')).toContain('No subscription is in this state.');
    expect(await pages.read('/invoices')).toMatch(/\$20\.00 paid \S+-0001 ada@example\.com/);
    expect(await pages.read('/invoices?status=draft')).toContain('No invoice is in this state.');
    await under.stripe.subscriptions.cancel(id);
    expect(await pages.read('/subscriptions?status=canceled')).toContain('canceled');
  });

  it('page by cursor', async () => {
    for (let made = 0; made < 55; made++) await under.stripe.customers.create({ email: `${made}@example.com` });
    const first = await pages.source('/customers');
    expect(first.match(/<tr>/g)).toHaveLength(1 + 50);
    const [, older = ''] = /href="(\/customers\?after=[^"]+)">Older/.exec(first) ?? [];
    expect((await pages.source(older)).match(/<tr>/g)).toHaveLength(1 + 6);
  });

  it('find customers by their address', async () => {
    await under.stripe.customers.create({ email: 'bob@example.com' });
    const found = await pages.read('/customers?email=bob@example.com');
    expect(found).toContain('bob@example.com');
    expect(found).not.toContain('ada@example.com');
    expect(await pages.read('/customers?email=nobody')).toContain('No customer has this address.');
  });

  it('show a customer with subscriptions, invoices, payments, payment methods, balance and clock', async () => {
    await customer.subscribe(2000);
    await under.stripe.customers.createBalanceTransaction(customer.id, { amount: -500, currency: 'usd' });
    const page = await pages.read(`/customers/${customer.id}`);
    expect(page).toMatch(/Subscriptions .*Pro active \$20\.00 per month/);
    expect(page).toMatch(/Invoices .*\$20\.00 paid/);
    expect(page).toMatch(/Payments .*\$20\.00 succeeded visa •••• 4242/);
    expect(page).toMatch(/Payment methods Visa •••• 4242 .*default/);
    expect(page).toContain('$5.00 of credit');
    expect(page).toContain(customer.clock);
    expect((await fetch(`${under.sandbox.url}/customers/cus_none`)).status).toBe(404);
  });

  it('lead from a payment to the invoice and the subscription that it was for', async () => {
    const { id } = await customer.subscribe(2000);
    const [paid] = (await under.stripe.paymentIntents.list({ limit: 1 })).data;
    const page = await pages.source(`/payments/${paid?.id}`);
    const [invoice] = await customer.invoices();
    for (const path of [`/customers/${customer.id}`, `/invoices/${invoice?.id}`, `/subscriptions/${id}`])
      expect(page).toContain(`href="${path}"`);
    expect(textOf(page)).toMatch(/Invoice paid .*Invoice created .*Payment intent succeeded/);
  });

  it('move the server’s clock too, exactly to what is next', async () => {
    const { id } = await under.stripe.customers.create({ email: 'bob@example.com' });
    await under.stripe.paymentMethods.attach('pm_card_visa', { customer: id });
    const subscription = await under.stripe.subscriptions.create({
      customer: id,
      items: [{ price: await customer.price(1000) }],
      trial_period_days: 30,
    });
    expect(await pages.read('/')).toMatch(/Next: the renewal is announced \( Pro, bob@example\.com \), in 2[23] d/);
    await pages.moveTo(`/subscriptions/${subscription.id}`, 'The trial ends');
    const { body } = await control(under.sandbox).get('/clock');
    expect((body as { now: number }).now - Number(subscription.trial_end)).toBeLessThan(60);
    expect((await under.stripe.subscriptions.retrieve(subscription.id)).status).toBe('active');
  });

  it('refuse a time that is none, and a clock that is not there', async () => {
    const { post } = control(under.sandbox);
    expect(await post('/clock', { to: 'tomorrow' })).toMatchObject({ status: 400 });
    expect(await post(`/test_clocks/clock_none`, { to: 1 })).toMatchObject({ status: 404 });
    expect(await post(`/test_clocks/${customer.clock}`, { to: '2027-06-02T00:00:00Z' })).toMatchObject({
      body: { frozen_time: Date.UTC(2027, 5, 2) / 1000 },
    });
  });

  it('open the portal as the customer', async () => {
    const { body } = await control(under.sandbox).post(`/customers/${customer.id}/portal`);
    expect(await see(`${(body as { url: string }).url}/home`)).toContain('Current plan');
  });
});
