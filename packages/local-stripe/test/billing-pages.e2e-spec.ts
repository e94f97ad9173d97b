import type Stripe from 'stripe';
import { BilledCustomer } from './support/billing.js';
import { control } from './support/control.js';
import { see, submit } from './support/customer.js';
import { SandboxUnderTest } from './support/sandbox-under-test.js';

/** The text of a page as it is read, without tags. */
const textOf = (html: string): string =>
  html
    .replaceAll(/<head>[^]*?<\/head>|<pre[^]*?<\/pre>/g, '')
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll('&#x27;', "'")
    .replaceAll(/\s+/g, ' ');

describe('the pages of billing', () => {
  let under: SandboxUnderTest;
  let customer: BilledCustomer;

  beforeAll(async () => {
    under = await SandboxUnderTest.start();
  });
  afterAll(() => under.stop());
  beforeEach(async () => {
    await under.sandbox.reset();
    customer = await BilledCustomer.at(under, '2027-06-01 00:00:00');
  });

  const source = async (path: string): Promise<string> =>
    (await see(`${under.sandbox.url}${path}`)).replaceAll('&#x3D;', '=');
  const read = async (path: string): Promise<string> => textOf(await source(path));
  /** Presses the button that moves the clock to what has this title. */
  async function moveTo(path: string, title: string): Promise<void> {
    const html = await source(path);
    const [, action = '', to = ''] =
      new RegExp(
        `<form method="post" action="([^"]+)"><button type="submit" name="to" value="([^"]+)"[^>]*: ${title}`,
      ).exec(html) ?? [];
    const answer = await submit(`${under.sandbox.url}${action}`, { to });
    expect(answer.status).toBeLessThan(400);
  }

  it('list what there is, with what comes next', async () => {
    const { id } = await customer.subscribe(2000);
    const customers = await read('/customers');
    expect(customers).toContain('ada@example.com');
    expect(customers).toContain('active');
    expect(await read('/subscriptions')).toMatch(/Pro active \$20\.00 per month ada@example\.com Renews 1 Jul 2027/);
    expect(await read('/subscriptions?status=canceled')).toContain('No subscription is in this state.');
    expect(await read('/invoices')).toMatch(/\$20\.00 paid \S+-0001 ada@example\.com/);
    expect(await read('/invoices?status=draft')).toContain('No invoice is in this state.');
    await under.stripe.subscriptions.cancel(id);
    expect(await read('/subscriptions?status=canceled')).toContain('canceled');
  });

  it('page by cursor', async () => {
    for (let made = 0; made < 55; made++) await under.stripe.customers.create({ email: `${made}@example.com` });
    const first = await source('/customers');
    expect(first.match(/<tr>/g)).toHaveLength(1 + 50);
    const [, older = ''] = /href="(\/customers\?after=[^"]+)">Older/.exec(first) ?? [];
    expect((await source(older)).match(/<tr>/g)).toHaveLength(1 + 6);
  });

  it('show a customer with subscriptions, invoices, payments, payment methods, balance and clock', async () => {
    await customer.subscribe(2000);
    await under.stripe.customers.createBalanceTransaction(customer.id, { amount: -500, currency: 'usd' });
    const page = await read(`/customers/${customer.id}`);
    expect(page).toMatch(/Subscriptions .*Pro active \$20\.00 per month/);
    expect(page).toMatch(/Invoices .*\$20\.00 paid/);
    expect(page).toMatch(/Payments .*\$20\.00 succeeded visa •••• 4242/);
    expect(page).toMatch(/Payment methods Visa •••• 4242 .*default/);
    expect(page).toContain('$5.00 of credit');
    expect(page).toContain(customer.clock);
    expect((await fetch(`${under.sandbox.url}/customers/cus_none`)).status).toBe(404);
  });

  it('tell a subscription’s story: what is due above, what happened below', async () => {
    const { id } = await customer.subscribe(2000);
    const path = `/subscriptions/${id}`;
    expect(await read(path)).toMatch(
      /The subscription renews for \$20\.00 in 30 d, 1 Jul 2027, 00:00:00 UTC.*Subscribed: \$20\.00 per month/,
    );
    await moveTo(path, 'The subscription renews');
    expect(await read(path)).toMatch(/Renewed until August 1, 2027/);
    await moveTo(path, 'The draft invoice is finalized');
    expect(await read(path)).toMatch(/Paid: \$20\.00 Invoice \S+-0002 Payment Mail 1 Jul 2027, 01:00:00 UTC/);
    expect((await under.stripe.testHelpers.testClocks.retrieve(customer.clock)).status).toBe('ready');
  });

  it('say in words how a subscription changed', async () => {
    const { id, items } = await customer.subscribe(2000, { trial_period_days: 14 });
    const path = `/subscriptions/${id}`;
    expect(await read(path)).toMatch(/In its trial until June 15, 2027.*Trial began, until June 15, 2027/);
    await under.stripe.subscriptions.update(id, { items: [{ id: items.data[0]?.id ?? '', quantity: 3 }] });
    await under.stripe.subscriptions.update(id, { cancel_at_period_end: true });
    expect(await read(path)).toMatch(/Set to end on June 15, 2027.*Quantity 1 → 3/);
    expect(await read(path)).toMatch(/ends.*The subscription ends/);
    await under.stripe.subscriptions.cancel(id);
    expect(await read(path)).toMatch(/Ended on June 1, 2027.*The subscription ended/);
    expect(await source(path)).not.toContain('Move the clock there');
  });

  it('show failed payments with the reason and the next attempt, and an invoice with all about it', async () => {
    const { id } = await customer.subscribe(2000);
    await customer.useCard('pm_card_chargeCustomerFail');
    await moveTo(`/subscriptions/${id}`, 'The subscription renews');
    await moveTo(`/subscriptions/${id}`, 'The draft invoice is finalized');
    const page = await read(`/subscriptions/${id}`);
    expect(page).toMatch(/The payment is tried again: \$20\.00 Invoice \S+-0002 in 3 d/);
    expect(page).toMatch(/Payment failed: \$20\.00 Your card was declined\. · Tried again on July 4, 2027/);
    const [invoice] = (await under.stripe.invoices.list({ limit: 1 })).data as [Stripe.Invoice];
    const about = await read(`/invoices/${invoice.id}`);
    expect(about).toMatch(/\$20\.00 open failed × 1 Invoice \S+-0002 · Its hosted page · Its PDF/);
    expect(about).toMatch(/Total \$20\.00/);
    expect(about).toMatch(/Attempts 1 Next attempt July 4, 2027/);
    expect(about).toMatch(/The payment is tried again/);
  });

  it('lead from a payment to the invoice and the subscription that it was for', async () => {
    const { id } = await customer.subscribe(2000);
    const [paid] = (await under.stripe.paymentIntents.list({ limit: 1 })).data;
    const page = await source(`/payments/${paid?.id}`);
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
    expect(await read('/')).toMatch(/Next: the renewal is announced \( Pro, bob@example\.com \), in 2[23] d/);
    await moveTo(`/subscriptions/${subscription.id}`, 'The trial ends');
    const { body } = await control(under.sandbox).get('/clock');
    expect((body as { now: number }).now - Number(subscription.trial_end)).toBeLessThan(5);
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
