import { aSubscription, aSubscriptionItem, anEvent, anInvoice, aRefund } from '../../../test/support/mock-stripe.js';
import { testingApp, type TestingApp } from '../../../test/support/testing-app.js';
import { CATALOG, type CatalogItem } from '../../billing/catalog/catalog.js';
import { Customers } from '../../customers/customers.service.js';
import { PaymentReader } from '../../payments/account/payment-reader.service.js';
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

describe('a second subscription of a group whose plan says so', () => {
  let app: TestingApp;
  let real: Map<string, Subscription | Invoice>;
  beforeEach(async () => {
    app = await testingApp([], {}, [], (builder) => builder.overrideProvider(CATALOG).useValue([PRO]));
    real = new Map();
    app.stripeSubscriptions.findSubscription.mockImplementation(async (id) => real.get(id) as Subscription);
    app.stripeSubscriptions.findInvoice.mockImplementation(async (id) => real.get(id) as Invoice);
  });
  afterEach(() => app.close());

  const get = <T>(service: abstract new (...dependencies: never[]) => T): T =>
    app.module.get<T>(service, { strict: false });

  /** A subscription of Jenny's whose first invoice is paid. */
  async function bought(name: string, created: number): Promise<void> {
    const customer = await get(Customers).ensure({ type: 'user', id: 'jenny' }, 'jenny@example.com');
    const id = `sub_${name}`;
    const items = { ...aSubscription().items, data: [aSubscriptionItem({ id: `si_${name}` })] };
    const subscription = aSubscription({ id, customer, created, items, latest_invoice: `in_${name}` });
    const parent = { ...anInvoice().parent, subscription_details: { subscription: id, metadata: {} } };
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
    real.set(id, subscription);
    real.set(`in_${name}`, invoice);
    await app.handle(anEvent('invoice.paid', invoice));
    await app.handle(anEvent('customer.subscription.created', subscription));
    await get(SnapshotReader).readDue();
  }

  it('is ended and refunded, once, and the older one stays', async () => {
    await bought('first', 1_795_000_000);
    await bought('second', 1_795_000_060);
    app.stripe.createRefund.mockImplementation(async ({ paymentIntentId, metadata }) =>
      aRefund({ amount: 1500, payment_intent: paymentIntentId, metadata }),
    );
    app.stripeSubscriptions.cancelSubscription.mockImplementation(async (id) => {
      const ended = { ...(real.get(id) as Subscription), status: 'canceled', ended_at: 1_795_000_100 } as Subscription;
      real.set(id, ended);
      return ended;
    });
    expect(await get(DuplicateEnd).endAll()).toBe(1);
    expect(await get(DuplicateEnd).endAll()).toBe(0);
    const { subscriptions } = await get(SubscriptionReader).list({});
    expect(subscriptions.map(({ id, status }) => [id, status])).toEqual([
      ['sub_second', 'canceled'],
      ['sub_first', 'active'],
    ]);
    expect(app.stripe.createRefund.mock.calls).toMatchObject([[{ paymentIntentId: 'pi_second', reason: 'duplicate' }]]);
    const { payments } = await get(PaymentReader).list({});
    expect(new Set(payments.map(({ paymentIntentId, status }) => `${paymentIntentId} ${status}`))).toEqual(
      new Set(['pi_first paid', 'pi_second refunded']),
    );
  });
});
