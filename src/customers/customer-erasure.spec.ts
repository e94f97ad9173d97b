import { aCheckoutSession, aCustomer, aSubscription, anEvent, metadataOf } from '../../test/support/mock-stripe.js';
import { openPayment } from '../../test/support/open-payment.js';
import { testingApp, type TestingApp } from '../../test/support/testing-app.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { PaymentReader } from '../payments/account/payment-reader.service.js';
import { CheckoutPayments } from '../payments/checkout/checkout-payments.service.js';
import { StripeUnavailableError } from '../stripe/stripe.errors.js';
import { SubscriptionCheckouts } from '../subscriptions/checkout/subscription-checkouts.service.js';
import { type Plan, PLANS } from '../subscriptions/state/plan.js';
import { CustomerErasure } from './customer-erasure.service.js';
import { CustomerReader } from './customer-reader.service.js';
import { Customers } from './customers.service.js';
import { ownerOf } from './owner.js';

const JENNY = { id: 'user-1', email: 'jenny@example.com' };
/** Tables of this app's own. Those of events keep what came in until they are pruned. */
const TABLES = ['customers', 'payments', 'subscription_checkouts', 'subscriptions', 'stripe_reads', 'payment_history'];

describe('a customer who wants to be forgotten', () => {
  let app: TestingApp;
  let customer: string;
  beforeEach(async () => {
    app = await testingApp();
    app.stripeCustomers.deleteCustomer.mockResolvedValue();
    customer = await get(Customers).ensure(ownerOf(JENNY), JENNY.email);
  });
  afterEach(() => app.close());

  const get = <T>(service: abstract new (...dependencies: never[]) => T): T =>
    app.module.get<T>(service, { strict: false });
  const erase = (id = 'user-1') => get(CustomerErasure).erase(id);
  const allRows = async () => {
    const tables = await get(UnitOfWork).run(async (tx) => {
      const rows: unknown[] = [];
      for (const table of TABLES) rows.push(await tx.query(`SELECT * FROM ${table}`));
      return rows;
    });
    return JSON.stringify(tables);
  };
  const subscribes = async () => {
    const subscription = aSubscription({ customer });
    await app.handle(anEvent('customer.subscription.created', subscription));
    return subscription;
  };
  const pays = async () => {
    const purchase = { userId: JENNY.id, email: JENNY.email, emailVerified: true, description: 'A', priceKey: 'thing' };
    const id = await openPayment(get(CheckoutPayments), { ...purchase, amount: 1999, currency: 'usd' });
    const paid = { status: 'complete', payment_status: 'paid', payment_intent: 'pi_1' } as const;
    await app.handle(anEvent('checkout.session.completed', aCheckoutSession({ metadata: metadataOf(id), ...paid })));
  };

  it('is deleted at Stripe and has no address here any more; what was paid stays', async () => {
    await pays();
    const plan = app.module.get<Plan[]>(PLANS, { strict: false })[0] as Plan;
    const wanted = { owner: ownerOf(JENNY), plan, priceId: 'price_1', stripeCustomerId: customer, quantity: 1 };
    await get(SubscriptionCheckouts).findOrOpen({ ...wanted, user: JENNY });
    const ended = { ...(await subscribes()), status: 'canceled', ended_at: 1_795_000_009 } as const;
    await app.handle(anEvent('customer.subscription.deleted', ended));
    expect(await allRows()).toContain('jenny@example.com');
    expect(await erase()).toMatchObject({ outcome: 'erased', customers: [expect.any(String)] });
    expect(app.stripeCustomers.deleteCustomer.mock.calls).toEqual([[customer]]);
    expect(await allRows()).not.toMatch(/jenny/i);
    expect((await get(PaymentReader).list({})).payments).toMatchObject([{ amount: 1999, status: 'paid', email: '' }]);
  });

  it('is erased once, whatever names it, and gets no address back by an event that comes late', async () => {
    const { id = '' } = (await get(CustomerReader).details(customer)) ?? {};
    for (const name of ['user-1', customer, id])
      expect(await erase(name)).toEqual({ outcome: 'erased', customers: [id] });
    // Asked for again, since an id may have been stored since: at Stripe it deletes nothing then.
    expect(app.stripeCustomers.deleteCustomer.mock.calls).toEqual([[customer], [customer], [customer]]);
    const late = { id: customer, object: 'customer', email: JENNY.email, name: 'Jenny' } as never;
    await app.handle(anEvent('customer.updated', late, { created: Math.floor(Date.now() / 1_000) + 60 }));
    await app.handle(anEvent('customer.deleted', late));
    expect(await get(CustomerReader).details(id)).toMatchObject({ email: '', name: null });
  });

  it('stays while there is a live subscription, and nothing is changed', async () => {
    await subscribes();
    const before = await allRows();
    expect(await erase()).toEqual({
      outcome: 'kept',
      reason: expect.stringMatching(/has the subscription sub_1, which is active: end it first, .* cancel sub_1$/),
    });
    expect(await allRows()).toBe(before);
    expect(app.stripeCustomers.deleteCustomer).not.toHaveBeenCalled();
  });

  it('stays while a checkout of a plan may still be completed', async () => {
    const plan = app.module.get<Plan[]>(PLANS, { strict: false })[0] as Plan;
    const wanted = { owner: ownerOf(JENNY), plan, priceId: 'price_1', stripeCustomerId: customer, quantity: 1 };
    const opened = await get(SubscriptionCheckouts).findOrOpen({ ...wanted, user: JENNY });
    const metadata = { checkout_id: opened.outcome === 'open' ? opened.checkout.id : '' };
    const session = aCheckoutSession({ id: 'cs_test_open', mode: 'subscription', status: 'open', metadata });
    await get(SubscriptionCheckouts).note(session, 'checkout opened');
    expect(await erase()).toEqual({ outcome: 'kept', reason: expect.stringContaining('cs_test_open') });
    await get(SubscriptionCheckouts).note({ ...session, status: 'expired' }, 'nobody paid');
    expect(await erase()).toMatchObject({ outcome: 'erased' });
  });

  it('is erased by the same command again where Stripe did not answer, and buys as another customer meanwhile', async () => {
    app.stripeCustomers.deleteCustomer.mockRejectedValueOnce(new StripeUnavailableError('customers.delete', 'away'));
    await expect(erase(customer)).rejects.toThrow(StripeUnavailableError);
    expect(await get(Customers).ensure(ownerOf(JENNY), JENNY.email)).not.toBe(customer);
    expect(await erase(customer)).toMatchObject({ outcome: 'erased' });
    expect(await get(CustomerReader).details(customer)).toMatchObject({ email: '' });
  });

  it('is deleted also where Stripe has made it without an answer', async () => {
    await erase();
    app.stripeCustomers.createCustomer.mockRejectedValueOnce(new StripeUnavailableError('customers.create', 'away'));
    await expect(get(Customers).ensure(ownerOf(JENNY), JENNY.email)).rejects.toThrow(StripeUnavailableError);
    const { id = '' } = (await get(CustomerReader).details('user-1')) ?? {};
    const made = { ...aCustomer({ email: JENNY.email, metadata: { customer_id: id } }), id: 'cus_made' };
    app.stripeCustomers.customersWithEmail.mockResolvedValue([made]);
    await erase(id);
    expect(app.stripeCustomers.deleteCustomer).toHaveBeenLastCalledWith('cus_made');
  });

  it('is not taken for an organisation of the same id', async () => {
    await get(Customers).ensure({ type: 'organisation', id: JENNY.id }, 'office@example.com');
    const before = await allRows();
    expect(await erase(JENNY.id)).toEqual({ outcome: 'kept', reason: expect.stringContaining('an organisation') });
    expect(await allRows()).toBe(before);
    expect(app.stripeCustomers.deleteCustomer).not.toHaveBeenCalled();
  });

  it('is unknown where nobody has bought anything', async () => {
    expect(await erase('somebody')).toEqual({ outcome: 'unknown_customer' });
  });
});
