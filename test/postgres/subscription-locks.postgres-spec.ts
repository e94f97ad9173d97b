import { jest } from '@jest/globals';
import { PostgresUnitOfWork } from '../../src/database/postgres/postgres-unit-of-work.js';
import { isConflict } from '../../src/database/unit-of-work.js';
import { CATALOG, type CatalogItem } from '../../src/billing/catalog/catalog.js';
import { Customers } from '../../src/customers/customers.service.js';
import { PaymentReader } from '../../src/payments/account/payment-reader.service.js';
import type { Invoice, StripeEventOf, StripeEventType, Subscription } from '../../src/stripe/stripe.types.js';
import { AccessTimer } from '../../src/subscriptions/access/access-timer.service.js';
import { SubscriptionReader } from '../../src/subscriptions/account/subscription-reader.service.js';
import { SnapshotReader } from '../../src/subscriptions/reads/snapshot-reader.service.js';
import { type FreshDatabase, onPostgres } from '../support/fresh-database.js';
import { aSubscription, aSubscriptionItem, anEvent, anInvoice } from '../support/mock-stripe.js';
import { shuffled } from '../support/scenarios/run.js';
import { SeededRandom } from '../support/seeded-random.js';
import { testingApp, type TestingApp } from '../support/testing-app.js';

const SUBSCRIPTIONS = 8;
const ROUNDS = 12;
const SECOND = 1_795_000_000;
const PRO: CatalogItem = {
  lookupKey: 'pro_monthly',
  productId: 'pro',
  name: 'Pro',
  description: 'All there is',
  amount: 1500,
  currency: 'usd',
  plan: { interval: 'month', features: ['pro'] },
};

describe('two instances that handle the events of the same subscriptions', () => {
  let database: FreshDatabase;
  let apps: TestingApp[];
  /** What Stripe has. */
  const real = new Map<string, Subscription | Invoice>();
  const random = SeededRandom.announced('events of the same subscriptions');
  beforeAll(async () => {
    database = await onPostgres(process.env.POSTGRES_SERVER ?? '');
    apps = [];
    for (let count = 0; count < 2; count++) {
      const settings = { DATABASE_URL: database.url, DATABASE_POOL_SIZE: '8' };
      const app = await testingApp([], settings, [], (builder) => builder.overrideProvider(CATALOG).useValue([PRO]));
      app.stripeSubscriptions.findSubscription.mockImplementation(async (id) => real.get(id) as Subscription);
      app.stripeSubscriptions.findInvoice.mockImplementation(async (id) => real.get(id) as Invoice);
      apps.push(app);
    }
    for (let n = 0; n < SUBSCRIPTIONS; n++) {
      const customer = await get(0, Customers).ensure({ type: 'user', id: `user${n}` }, `user${n}@example.com`);
      const items = { ...aSubscription().items, data: [aSubscriptionItem({ id: `si_${n}` })] };
      real.set(`sub_${n}`, aSubscription({ id: `sub_${n}`, customer, items, latest_invoice: `in_${n}` }));
      real.set(`in_${n}`, paidInvoice(n, customer));
    }
  });
  afterAll(async () => {
    jest.restoreAllMocks();
    for (const app of apps) await app.close();
    await database.drop();
  });

  const get = <T>(instance: number, service: abstract new (...dependencies: never[]) => T): T =>
    (apps[instance] as TestingApp).module.get<T>(service, { strict: false });
  const eventsOf = (n: number, round: number): StripeEventOf<StripeEventType>[] => {
    const created = { created: SECOND + round };
    const state = { status: round % 3 === 1 ? 'past_due' : 'active' } as const;
    const subscription = { ...(real.get(`sub_${n}`) as Subscription), ...state };
    real.set(`sub_${n}`, subscription);
    return [
      anEvent('customer.subscription.updated', subscription, created),
      anEvent('invoice.updated', real.get(`in_${n}`) as Invoice, created),
      anEvent('invoice.paid', real.get(`in_${n}`) as Invoice, created),
      anEvent('invoice_payment.paid', paymentOf(n), created),
      anEvent('customer.updated', { id: subscription.customer, object: 'customer', name: 'Jenny' } as never, created),
    ];
  };

  it('never wait for each other, in whatever order batches, reads and the passing of time come', async () => {
    const conflicts = conflictsFromNowOn();
    for (let round = 0; round < ROUNDS; round++) {
      const batches = apps.map(() => {
        const all = Array.from({ length: SUBSCRIPTIONS }, (_, n) => eventsOf(n, round)).flat();
        return shuffled(all, random);
      });
      const work = batches.map((events, instance) => (apps[instance] as TestingApp).handleTogether(events));
      const reads = apps.map((_, instance) => get(instance, SnapshotReader).readDue());
      const timers = apps.map((_, instance) => get(instance, AccessTimer).runDue());
      await Promise.all([...work, ...reads, ...timers]);
    }
    for (const [instance] of apps.entries()) await get(instance, SnapshotReader).readDue();
    expect(conflicts()).toBe(0);
    const { subscriptions } = await get(0, SubscriptionReader).list({});
    const last = (real.get('sub_0') as Subscription).status;
    expect(subscriptions.map(({ status }) => status)).toEqual(Array.from({ length: SUBSCRIPTIONS }, () => last));
    expect((await get(0, PaymentReader).list({})).payments).toHaveLength(SUBSCRIPTIONS);
  });
});

/** How often PostgreSQL ended a transaction since, for a deadlock. */
function conflictsFromNowOn(): () => number {
  const units = PostgresUnitOfWork.prototype as unknown as { attempt: (work: unknown) => Promise<unknown> };
  const { attempt } = units;
  let count = 0;
  jest.spyOn(units, 'attempt').mockImplementation(function counted(this: unknown, work) {
    return attempt.call(this, work).catch((error: unknown) => {
      if (isConflict(error)) count++;
      throw error;
    });
  });
  return () => count;
}

const paymentOf = (n: number) =>
  ({
    id: `inpay_${n}`,
    object: 'invoice_payment',
    invoice: `in_${n}`,
    payment: { type: 'payment_intent', payment_intent: `pi_${n}` },
    is_default: true,
    status: 'paid',
    amount_paid: 1500,
    amount_requested: 1500,
    currency: 'usd',
    created: SECOND,
  }) as never;

const paidInvoice = (n: number, customer: string) =>
  anInvoice({
    id: `in_${n}`,
    customer,
    parent: { ...anInvoice().parent, subscription_details: { subscription: `sub_${n}`, metadata: {} } },
    payments: { object: 'list', data: [paymentOf(n)], has_more: false, url: '' },
  } as never);
