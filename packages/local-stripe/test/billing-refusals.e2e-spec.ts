import type Stripe from 'stripe';
import { BilledCustomer, utc } from './support/billing.js';
import { SandboxUnderTest } from './support/sandbox-under-test.js';

/** The official SDK's words for what Stripe refuses around subscriptions, invoices and lists. */
describe('of billing is refused, and changes nothing:', () => {
  let under: SandboxUnderTest;
  let customer: BilledCustomer;
  let monthly: string;
  let subscription: Stripe.Subscription;
  let before: Stripe.Subscription;

  beforeAll(async () => {
    under = await SandboxUnderTest.start();
    customer = await BilledCustomer.at(under, '2027-01-15 00:00:00');
    monthly = await customer.price(1000);
    subscription = await customer.subscribe(monthly);
    before = await under.stripe.subscriptions.retrieve(subscription.id);
  });
  afterAll(() => under.stop());
  afterEach(async () => {
    expect(await under.stripe.subscriptions.retrieve(subscription.id)).toEqual(before);
  });

  const change = (params: Stripe.SubscriptionUpdateParams) =>
    under.stripe.subscriptions.update(subscription.id, params);
  const item = () => String(subscription.items.data[0]?.id);

  it.each<[what: string, ask: () => Promise<unknown>, error: object]>([
    [
      'one price twice',
      () => customer.subscribe(monthly, { items: [{ price: monthly }, { price: monthly }] }),
      { param: 'items' },
    ],
    ['an end that is past', () => change({ cancel_at: utc('2027-01-14 00:00:00') }), { param: 'cancel_at' }],
    [
      'a proration from before the period',
      () => change({ items: [{ id: item(), quantity: 2 }], proration_date: utc('2027-01-14 23:59:59') }),
      { param: 'proration_date' },
    ],
    [
      'a proration from after the period',
      () =>
        under.stripe.invoices.createPreview({
          subscription: subscription.id,
          subscription_details: { items: [{ id: item(), quantity: 2 }], proration_date: utc('2027-02-16 00:00:00') },
        }),
      { param: 'proration_date' },
    ],
    ['days for what is charged', () => change({ days_until_due: 3 }), { param: 'days_until_due' }],
    [
      'days for a new one that is charged',
      () => customer.subscribe(monthly, { days_until_due: 3 }),
      { param: 'days_until_due' },
    ],
    [
      'days for an invoice that is charged',
      () => under.stripe.invoices.create({ customer: customer.id, days_until_due: 3 }),
      { param: 'days_until_due' },
    ],
    [
      'to send an invoice that is charged',
      () => under.stripe.invoices.sendInvoice(String(subscription.latest_invoice)),
      { message: "You can only manually send an invoice if its collection method is 'send_invoice'." },
    ],
    [
      'a page after and before',
      () => under.stripe.customers.list({ starting_after: customer.id, ending_before: customer.id }),
      { message: 'Received both starting_after and ending_before parameters. Please pass in only one.' },
    ],
    [
      'invoices of no subscription',
      () => under.stripe.invoices.list({ subscription: 'sub_none' }),
      { param: 'subscription' },
    ],
    ['items of no invoice', () => under.stripe.invoiceItems.list({ invoice: 'in_none' }), { param: 'invoice' }],
    ['refunds of no charge', () => under.stripe.refunds.list({ charge: 'ch_none' }), { param: 'charge' }],
    [
      'charges of no payment',
      () => under.stripe.charges.list({ payment_intent: 'pi_none' }),
      { param: 'payment_intent' },
    ],
  ])('%s', async (_, ask, error) => {
    await expect(ask()).rejects.toMatchObject({ statusCode: 400, rawType: 'invalid_request_error', ...error });
  });
});
