import { jest } from '@jest/globals';
import { aSubscription, aSubscriptionItem, anEvent, anInvoice, aRefund } from '../../../test/support/mock-stripe.js';
import { testingApp, type TestingApp } from '../../../test/support/testing-app.js';
import { CATALOG, type CatalogItem } from '../../billing/catalog/catalog.js';
import { Customers } from '../../customers/customers.service.js';
import { PaymentReader } from '../../payments/account/payment-reader.service.js';
import { StripeRefusedError, StripeUnavailableError } from '../../stripe/stripe.errors.js';
import type { Invoice, Subscription } from '../../stripe/stripe.types.js';
import { SnapshotReader } from '../reads/snapshot-reader.service.js';
import { DuplicateEnd } from './duplicate-end.service.js';
import { SubscriptionReader } from './subscription-reader.service.js';

const PRO: CatalogItem = {
  lookupKey: 'pro_monthly',
  productId: 'pro',
  name: 'Pro',
  description: 'All there is',
  amount: 1500,
  currency: 'usd',
  plan: { interval: 'month', settings: { secondSubscription: 'cancel' } },
};
const STORAGE: CatalogItem = {
  ...PRO,
  lookupKey: 'storage_monthly',
  productId: 'storage',
  plan: { interval: 'month', group: 'storage', settings: { secondSubscription: 'cancel' } },
};

describe('a second subscription of a group whose plan says so', () => {
  let app: TestingApp;
  let real: Map<string, Subscription | Invoice>;
  beforeEach(async () => {
    app = await testingApp([], {}, [], (builder) => builder.overrideProvider(CATALOG).useValue([PRO, STORAGE]));
    real = new Map();
    app.stripeSubscriptions.findSubscription.mockImplementation(async (id) => real.get(id) as Subscription);
    app.stripeSubscriptions.findInvoice.mockImplementation(async (id) => real.get(id) as Invoice);
  });
  afterEach(() => app.close());

  const get = <T>(service: abstract new (...dependencies: never[]) => T): T =>
    app.module.get<T>(service, { strict: false });

  /** A subscription of Jenny's whose first invoice is open. */
  async function subscribed(name: string, created: number, lookupKey = 'pro_monthly'): Promise<void> {
    const customer = await get(Customers).ensure({ type: 'user', id: 'jenny' }, 'jenny@example.com');
    const items = { ...aSubscription().items, data: [aSubscriptionItem({ id: `si_${name}`, lookupKey })] };
    const subscription = aSubscription({ id: `sub_${name}`, customer, created, items, latest_invoice: `in_${name}` });
    real.set(subscription.id, subscription);
    await app.handle(anEvent('customer.subscription.created', subscription));
    await get(SnapshotReader).readDue();
  }

  /** Its first invoice is paid. */
  async function pays(name: string, created: number): Promise<void> {
    const customer = await get(Customers).ensure({ type: 'user', id: 'jenny' }, 'jenny@example.com');
    const parent = { ...anInvoice().parent, subscription_details: { subscription: `sub_${name}`, metadata: {} } };
    const paidBy = {
      id: `inpay_${name}`,
      invoice: `in_${name}`,
      payment: { type: 'payment_intent', payment_intent: `pi_${name}` },
      is_default: true,
      status: 'paid',
      amount_paid: 1500,
      amount_requested: 1500,
      currency: 'usd',
      created,
    };
    const payments = { object: 'list', data: [paidBy], has_more: false, url: '' };
    const invoice = anInvoice({ id: `in_${name}`, customer, parent, payments } as never);
    real.set(`in_${name}`, invoice);
    await app.handle(anEvent('invoice.paid', invoice));
    await get(SnapshotReader).readDue();
  }

  async function bought(name: string, created: number): Promise<void> {
    await subscribed(name, created);
    await pays(name, created);
  }

  const endsAtStripe = async (id: string) => {
    const ended = { ...(real.get(id) as Subscription), status: 'canceled', ended_at: 1_795_000_100 } as Subscription;
    real.set(id, ended);
    return ended;
  };
  const statuses = async () => {
    const { payments } = await get(PaymentReader).list({});
    return payments.map(({ paymentIntentId, status }) => `${paymentIntentId} ${status}`).toSorted();
  };
  /** Everything that waits may go on. */
  const later = () => jest.spyOn(performance, 'now').mockReturnValue((clock += 86_400_000));
  let clock = 86_400_000;

  beforeEach(() => {
    let refunds = 0;
    app.stripe.createRefund.mockImplementation(async ({ paymentIntentId, amount, metadata }) =>
      aRefund({ id: `re_${++refunds}`, amount, payment_intent: paymentIntentId, metadata }),
    );
    app.stripeSubscriptions.cancelSubscription.mockImplementation(endsAtStripe);
  });
  afterEach(() => jest.restoreAllMocks());

  it('is ended and refunded, once, and the older one stays', async () => {
    await bought('first', 1_795_000_000);
    await bought('second', 1_795_000_060);
    expect([await get(DuplicateEnd).endAll(), await get(DuplicateEnd).endAll()]).toEqual([1, 0]);
    const { subscriptions } = await get(SubscriptionReader).list({});
    expect(subscriptions.map(({ id, status }) => [id, status])).toEqual([
      ['sub_second', 'canceled'],
      ['sub_first', 'active'],
    ]);
    expect(app.stripe.createRefund.mock.calls).toMatchObject([[{ paymentIntentId: 'pi_second', reason: 'duplicate' }]]);
    expect(await statuses()).toEqual(['pi_first paid', 'pi_second refunded']);
  });

  it('is left alone where the older one was moved into its group: neither was sold twice', async () => {
    await bought('first', 1_795_000_000);
    await subscribed('second', 1_795_000_060, 'storage_monthly');
    await pays('second', 1_795_000_060);
    const first = real.get('sub_first') as Subscription;
    const [item] = first.items.data;
    const moved = { ...item, price: aSubscriptionItem({ lookupKey: 'storage_monthly' }).price } as typeof item;
    real.set(first.id, { ...first, items: { ...first.items, data: [moved] } } as Subscription);
    await app.handle(anEvent('customer.subscription.updated', real.get(first.id) as Subscription));
    await get(SnapshotReader).readDue();
    const { subscriptions } = await get(SubscriptionReader).list({});
    expect(subscriptions.map(({ planGroup }) => planGroup)).toEqual(['storage', 'storage']);
    expect(await get(DuplicateEnd).endAll()).toBe(0);
    expect(app.stripe.createRefund).not.toHaveBeenCalled();
  });

  it('is refunded also where its invoice is paid only after its end', async () => {
    await bought('first', 1_795_000_000);
    await subscribed('second', 1_795_000_060);
    app.stripeSubscriptions.cancelSubscription.mockRejectedValueOnce(new StripeUnavailableError('cancel', 'away'));
    expect(await get(DuplicateEnd).endAll()).toBe(0);
    await pays('second', 1_795_000_060);
    expect([await get(DuplicateEnd).endAll(), await statuses()]).toEqual([1, ['pi_first paid', 'pi_second refunded']]);
    await subscribed('third', 1_795_000_070);
    expect(await get(DuplicateEnd).endAll()).toBe(1);
    await pays('third', 1_795_000_070);
    await get(DuplicateEnd).endAll();
    await get(DuplicateEnd).endAll();
    expect(await statuses()).toEqual(['pi_first paid', 'pi_second refunded', 'pi_third refunded']);
    expect(app.stripe.createRefund).toHaveBeenCalledTimes(2);
  });

  it('is refunded later where Stripe declines the refund, or a bank sends it back', async () => {
    await bought('first', 1_795_000_000);
    await bought('second', 1_795_000_060);
    app.stripe.createRefund.mockRejectedValueOnce(
      new StripeRefusedError('refunds.create', 'no money', 'balance_insufficient', 400),
    );
    for (let look = 0; look < 3; look++) await get(DuplicateEnd).endAll();
    expect([app.stripe.createRefund.mock.calls.length, await statuses()]).toEqual([
      1,
      ['pi_first paid', 'pi_second paid'],
    ]);
    later();
    for (let look = 0; look < 3; look++) await get(DuplicateEnd).endAll();
    expect(await statuses()).toEqual(['pi_first paid', 'pi_second refunded']);
    await app.handle(anEvent('refund.failed', aRefund({ id: 're_1', amount: 1500, payment_intent: 'pi_second' })));
    later();
    await get(DuplicateEnd).endAll();
    expect(await statuses()).toEqual(['pi_first paid', 'pi_second refunded']);
    const keys = app.stripe.createRefund.mock.calls.map(([{ idempotencyKey }]) => idempotencyKey);
    expect([keys.length, new Set(keys).size]).toEqual([3, 3]);
  });

  it('lives on where the older one has ended, and keeps what it took when it ends much later', async () => {
    await bought('first', 1_795_000_000);
    await bought('second', 1_795_000_060);
    await app.handle(anEvent('customer.subscription.deleted', await endsAtStripe('sub_first')));
    expect(await get(DuplicateEnd).endAll()).toBe(0);
    await app.handle(anEvent('customer.subscription.deleted', await endsAtStripe('sub_second')));
    await get(SnapshotReader).readDue();
    await get(DuplicateEnd).endAll();
    expect(await statuses()).toEqual(['pi_first paid', 'pi_second paid']);
  });
});
