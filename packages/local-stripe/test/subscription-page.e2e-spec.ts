import type Stripe from 'stripe';
import { BilledCustomer } from './support/billing.js';
import { Pages } from './support/pages.js';
import { SandboxUnderTest } from './support/sandbox-under-test.js';

describe('the page of a subscription', () => {
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

  it('tells its story: what is due above, what happened below', async () => {
    const { id } = await customer.subscribe(2000);
    const path = `/subscriptions/${id}`;
    expect(await pages.read(path)).toMatch(
      /The subscription renews for \$20\.00 in 30 d, 1 Jul 2027, 00:00:00 UTC.*Subscribed: \$20\.00 per month/,
    );
    await pages.moveTo(path, 'The subscription renews');
    expect(await pages.read(path)).toMatch(/Renewed until August 1, 2027/);
    await pages.moveTo(path, 'The draft invoice is finalized');
    expect(await pages.read(path)).toMatch(/Paid: \$20\.00 Invoice \S+-0002 Payment Mail 1 Jul 2027, 01:00:00 UTC/);
    expect((await under.stripe.testHelpers.testClocks.retrieve(customer.clock)).status).toBe('ready');
  });

  it('says in words how it changed', async () => {
    const { id, items } = await customer.subscribe(2000, { trial_period_days: 14 });
    const path = `/subscriptions/${id}`;
    expect(await pages.read(path)).toMatch(/In its trial until June 15, 2027.*Trial began, until June 15, 2027/);
    await under.stripe.subscriptions.update(id, { items: [{ id: items.data[0]?.id ?? '', quantity: 3 }] });
    await under.stripe.subscriptions.update(id, { cancel_at_period_end: true });
    expect(await pages.read(path)).toMatch(/Set to end on June 15, 2027.*Quantity 1 → 3/);
    expect(await pages.read(path)).toMatch(/ends.*The subscription ends/);
    await under.stripe.subscriptions.cancel(id);
    expect(await pages.read(path)).toMatch(/Ended on June 1, 2027.*The subscription ended/);
    expect(await pages.source(path)).not.toContain('Move the clock there');
  });

  it('shows failed payments with the reason and the next attempt, and an invoice with all about it', async () => {
    const { id } = await customer.subscribe(2000);
    await customer.useCard('pm_card_chargeCustomerFail');
    await pages.moveTo(`/subscriptions/${id}`, 'The subscription renews');
    await pages.moveTo(`/subscriptions/${id}`, 'The draft invoice is finalized');
    const page = await pages.read(`/subscriptions/${id}`);
    expect(page).toMatch(/The payment is tried again: \$20\.00 Invoice \S+-0002 in 3 d/);
    expect(page).toMatch(/Payment failed: \$20\.00 Your card was declined\. · Tried again on July 4, 2027/);
    const [invoice] = (await under.stripe.invoices.list({ limit: 1 })).data as [Stripe.Invoice];
    const about = await pages.read(`/invoices/${invoice.id}`);
    expect(about).toMatch(/\$20\.00 open failed × 1 Invoice \S+-0002 · Its hosted page · Its PDF/);
    expect(about).toMatch(/Total \$20\.00/);
    expect(about).toMatch(/Attempts 1 Next attempt July 4, 2027/);
    expect(about).toMatch(/The payment is tried again/);
  });

  it('says all that is set', async () => {
    const { stripe } = under;
    const coupon = await stripe.coupons.create({ percent_off: 25, duration: 'forever' });
    const price = await customer.price(2000);
    const one = await customer.subscribe(price, {
      discounts: [{ coupon: coupon.id }],
      collection_method: 'send_invoice',
      days_until_due: 14,
    });
    await stripe.subscriptions.update(one.id, { pause_collection: { behavior: 'void' } });
    expect(await pages.read(`/subscriptions/${one.id}`)).toMatch(
      /active collection paused .*Collection paused: invoices are voided.*Discounts 25 % off always Collection Paused: void Pays by invoice, within 14 days/,
    );
    const two = await customer.subscribe(price);
    await stripe.subscriptionSchedules.create({ from_subscription: two.id });
    expect(await pages.read(`/subscriptions/${two.id}`)).toMatch(/A schedule was made|Goes by a schedule/);
    expect(await pages.read(`/subscriptions/${two.id}`)).toMatch(/Schedule active, phase 1 of 1, then release/);
    const [item] = two.items.data;
    const dear = await customer.price(9000);
    await customer.useCard('pm_card_chargeCustomerFail');
    await stripe.subscriptionSchedules.release(String((await stripe.subscriptions.retrieve(two.id)).schedule));
    await stripe.subscriptions.update(two.id, {
      items: [{ id: item?.id ?? '', price: dear }],
      payment_behavior: 'pending_if_incomplete',
      proration_behavior: 'always_invoice',
    });
    expect(await pages.read(`/subscriptions/${two.id}`)).toMatch(
      /update pending .*The pending update expires in 23 h.*An update waits for its payment.*Pending update \$90\.00 per month, until June/,
    );
  });

  it('shows what waits for the customer, what is paused, and what is left of a deleted customer', async () => {
    const { stripe } = under;
    const waiting = await customer.subscribe(2000, { payment_behavior: 'default_incomplete' });
    expect(await pages.read(`/subscriptions/${waiting.id}`)).toMatch(
      /The first invoice is not paid: the customer has 23 hours\. .*The subscription expires, unless its first invoice is paid in 23 h/,
    );
    const other = await BilledCustomer.at(under, '2027-06-01 00:00:00', 'none');
    const trial = await other.subscribe(2000, {
      trial_period_days: 7,
      trial_settings: { end_behavior: { missing_payment_method: 'pause' } },
    });
    await pages.moveTo(`/subscriptions/${trial.id}`, 'The trial ends');
    expect(await pages.read(`/subscriptions/${trial.id}`)).toMatch(/Paused: it makes no invoices until it is resumed/);
    await stripe.testHelpers.testClocks.del(other.clock);
    expect(await pages.read(`/subscriptions/${trial.id}`)).toMatch(new RegExp(`Customer ${other.id}`));
    expect(await pages.read('/subscriptions')).toContain(other.id);
  });
});
