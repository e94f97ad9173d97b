import type Stripe from 'stripe';
import { BilledCustomer } from './support/billing.js';
import { paidSession, see } from './support/customer.js';
import { Pages } from './support/pages.js';
import { SandboxUnderTest } from './support/sandbox-under-test.js';

describe('the mailbox', () => {
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

  /** Subjects with their addresses, newest first. */
  async function mails(path = '/mailbox'): Promise<Array<{ subject: string; path: string }>> {
    const found = (await pages.source(path)).matchAll(/<a href="(\/mailbox\/evt_\w+)">([^<]+)/g);
    return [...found].map(([, to = '', subject = '']) => ({ path: to, subject: subject.replace('&#x27;', "'") }));
  }
  const subjects = async (path?: string): Promise<string[]> => (await mails(path)).map(({ subject }) => subject);
  async function newest(): Promise<string> {
    const [mail] = await mails();
    return pages.source(mail?.path ?? '');
  }

  it('is empty at first', async () => {
    expect(await pages.source('/mailbox')).toContain('None yet: it fills with receipts, invoices and reminders.');
    expect((await fetch(`${under.sandbox.url}/mailbox/evt_none`)).status).toBe(404);
  });

  it('has the receipt of a payment, and of a refund', async () => {
    const paid = await paidSession(under.stripe);
    expect(await subjects()).toEqual(['Your receipt from Local Stripe']);
    const receipt = await newest();
    expect(receipt).toContain('your payment of $19.99 has been received');
    expect(await see(under.sandbox.url + (/href="(\/receipts\/ch_\w+)"/.exec(receipt)?.[1] ?? ''))).toContain('$19.99');
    await under.stripe.refunds.create({
      payment_intent: String((paid.payment_intent as { id: string }).id),
      amount: 500,
    });
    expect(await subjects()).toEqual(['Your refund from Local Stripe', 'Your receipt from Local Stripe']);
    expect(await newest()).toContain('We have refunded $5.00 to your visa •••• 4242');
  });

  it('has nothing for a customer without an address', async () => {
    await under.stripe.customers.update(customer.id, { email: '' });
    await customer.subscribe(2000);
    expect(await subjects()).toEqual([]);
  });

  it('follows a subscription: trial reminder, announced renewal, receipts with the invoice', async () => {
    await customer.subscribe(2000, { trial_period_days: 14 });
    await customer.moveTo('2027-06-15 02:00:00');
    await customer.moveTo('2027-07-15 02:00:00');
    expect(await subjects()).toEqual([
      expect.stringMatching(/^Your receipt from Local Stripe: \S+-0003$/),
      'Your Pro renews on July 15, 2027',
      expect.stringMatching(/^Your receipt from Local Stripe: \S+-0002$/),
      'Your trial of Pro ends on June 15, 2027',
    ]);
    const receipt = await newest();
    expect(receipt).toContain('15 Jul 2027, 01:00:00 UTC');
    const [, page = ''] = /href="(\/invoice\/in_\w+\/\w+)">View the invoice/.exec(receipt) ?? [];
    expect(await see(under.sandbox.url + page)).toContain('Paid on July 15, 2027');
    expect(await subjects('/mailbox?kind=Trial%20ends')).toHaveLength(1);
  });

  it('tells of failed payments, and asks for authentication where that is why', async () => {
    await customer.subscribe(2000);
    await customer.useCard('pm_card_chargeCustomerFail');
    await customer.moveTo('2027-07-01 02:00:00');
    expect((await subjects())[0]).toBe('Your $20.00 payment to Local Stripe was unsuccessful');
    expect(await newest()).toContain('We try again on July 4, 2027.');
    await customer.useCard('pm_card_authenticationRequired');
    await customer.moveTo('2027-07-04 02:00:00');
    expect((await subjects()).slice(0, 2)).toEqual([
      'Confirm your $20.00 payment to Local Stripe',
      'Your $20.00 payment to Local Stripe was unsuccessful',
    ]);
  });

  it('sends invoices, and reminds of those that are overdue', async () => {
    await customer.subscribe(2000, { collection_method: 'send_invoice', days_until_due: 7 });
    await customer.moveTo('2027-06-01 02:00:00');
    await customer.moveTo('2027-06-09 00:00:00');
    expect(await subjects()).toEqual([
      expect.stringMatching(/^Reminder: your invoice \S+-0001 from Local Stripe is overdue$/),
      expect.stringMatching(/^New invoice from Local Stripe: \S+-0001$/),
    ]);
    expect(await newest()).toContain('$20.00 was due on June 8, 2027.');
  });

  it('asks for a new card where the old one expires before the renewal', async () => {
    const card = { number: '4242424242424242', exp_month: 6, exp_year: 2027, cvc: '123' };
    const method = await under.stripe.paymentMethods.create({ type: 'card', card });
    await customer.useCard(method.id);
    await customer.subscribe(2000);
    await customer.moveTo('2027-06-25 00:00:00');
    expect((await subjects())[0]).toBe('Your Visa •••• 4242 expires before your next payment');
    expect(await newest()).toContain('please add another one');
  });

  it('pages by cursor, without those that get no mail', async () => {
    const paid = (receipt_email?: string) =>
      under.stripe.paymentIntents.create({
        amount: 1000,
        currency: 'usd',
        confirm: true,
        payment_method: 'pm_card_visa',
        automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
        ...(receipt_email !== undefined && { receipt_email }),
      } satisfies Stripe.PaymentIntentCreateParams);
    for (let made = 0; made < 60; made++) await paid(made % 2 === 0 ? `${made}@example.com` : undefined);
    expect(await subjects()).toHaveLength(25);
    const [, older = ''] = /href="(\/mailbox\?after=[^"]+)">Older/.exec(await pages.source('/mailbox')) ?? [];
    expect(await subjects(older)).toHaveLength(5);
    expect(await pages.source(older)).not.toContain('>Older');
  });
});
