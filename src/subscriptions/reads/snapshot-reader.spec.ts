import { jest } from '@jest/globals';
import { Injectable, Logger } from '@nestjs/common';
import { aCheckoutSession, aSubscription, aSubscriptionItem, anEvent } from '../../../test/support/mock-stripe.js';
import { testingApp, type TestingApp } from '../../../test/support/testing-app.js';
import { CATALOG, type CatalogItem } from '../../billing/catalog/catalog.js';
import { Customers } from '../../customers/customers.service.js';
import { ownerOf } from '../../customers/owner.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { StripeUnavailableError } from '../../stripe/stripe.errors.js';
import type { Subscription } from '../../stripe/stripe.types.js';
import { type EntitlementEvent, type EntitlementHandler, OnEntitlement } from '../access/on-entitlement.js';
import { SubscriptionCancel } from '../account/subscription-cancel.service.js';
import { SubscriptionReader } from '../account/subscription-reader.service.js';
import { PlanReturnLookup } from '../checkout/plan-return.service.js';
import { SubscriptionCheckouts } from '../checkout/subscription-checkouts.service.js';
import { type Plan, PLANS } from '../state/plan.js';
import { SnapshotReader } from './snapshot-reader.service.js';

const PRO: CatalogItem = {
  lookupKey: 'pro_monthly',
  productId: 'pro',
  name: 'Pro',
  description: 'All there is',
  amount: 1500,
  currency: 'usd',
  plan: { interval: 'month', features: ['pro'] },
};
const JENNY = { id: 'jenny', email: 'jenny@example.com' };

let broken = false;
const ran: string[] = [];

@Injectable()
@OnEntitlement('granted', 'revoked')
class Workspace implements EntitlementHandler {
  async apply({ change, feature }: EntitlementEvent): Promise<void> {
    if (broken) throw new Error('no such workspace');
    ran.push(`${feature} ${change}`);
  }
}

describe('the reader of what changed at Stripe', () => {
  let app: TestingApp;
  /** The subscriptions at Stripe. */
  let real: Map<string, Subscription>;
  beforeEach(async () => {
    broken = false;
    ran.length = 0;
    app = await testingApp([Workspace], {}, [], (builder) => builder.overrideProvider(CATALOG).useValue([PRO]));
    real = new Map();
    app.stripeSubscriptions.findSubscription.mockImplementation(async (id) => real.get(id));
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await app.close();
  });

  const get = <T>(service: abstract new (...dependencies: never[]) => T): T =>
    app.module.get<T>(service, { strict: false });
  const query = (sql: string) => get(UnitOfWork).run((tx) => tx.query(sql));
  const read = () => get(SnapshotReader).readDue();
  const calls = () => app.stripeSubscriptions.findSubscription.mock.calls.length;
  const status = async (id = 'sub_1') => (await get(SubscriptionReader).details(id))?.status;
  const atStripe = (changes: Partial<Subscription> = {}) => {
    const items = { ...aSubscription().items, data: [aSubscriptionItem({ id: `si_${changes.id ?? 'sub_1'}` })] };
    const one = aSubscription({ items, ...changes });
    real.set(one.id, one);
    return one;
  };
  const changed = (one: Subscription) => app.handle(anEvent('customer.subscription.updated', one));
  /** Jenny's, which has no access until Stripe is read again. */
  const grantedByRead = async (changes: Partial<Subscription> = {}) => {
    const customer = await get(Customers).ensure(ownerOf(JENNY), JENNY.email);
    await changed(atStripe({ customer, status: 'incomplete', ...changes }));
    return atStripe({ customer, status: 'active', ...changes });
  };
  /** Reads that hang until the returned function is called. */
  const hangingReads = () => {
    let goOn: () => void = () => undefined;
    const hanging = new Promise<void>((resolve) => (goOn = resolve));
    app.stripeSubscriptions.findSubscription.mockImplementation(async (id) => {
      await hanging;
      return real.get(id);
    });
    return goOn;
  };
  const pauseIsOver = () => query('UPDATE stripe_reads SET due_at = 0');

  it('reads each object once, however often it is woken meanwhile', async () => {
    for (let n = 0; n < 10; n++) await changed(atStripe({ id: `sub_${n}` }));
    const goOn = hangingReads();
    const looks = [read(), read()];
    await new Promise(setImmediate);
    looks.push(read());
    goOn();
    await Promise.all(looks);
    expect(calls()).toBe(10);
    await read();
    expect(calls()).toBe(10);
  });

  it('reads what becomes due while slow reads are under way', async () => {
    await changed(atStripe());
    const goOn = hangingReads();
    const first = read();
    await changed(atStripe({ id: 'sub_2' }));
    const second = read();
    goOn();
    await Promise.all([first, second]);
    expect(calls()).toBe(2);
    expect(await query('SELECT id FROM stripe_reads WHERE wanted > applied')).toEqual([]);
  });

  it('reads at once after a start what a process that was killed had begun to read', async () => {
    await changed(atStripe());
    await query(`UPDATE stripe_reads SET lease_token = 'killed', lease_until = ${Date.now() + 30_000}`);
    await read();
    expect(calls()).toBe(0);
    await get(SnapshotReader).start();
    await read();
    expect(calls()).toBe(1);
  });

  it('begins nothing more once the app stops', async () => {
    for (let n = 0; n < 12; n++) await changed(atStripe({ id: `sub_${n}` }));
    const goOn = hangingReads();
    const reading = read();
    while (calls() < 4) await new Promise(setImmediate);
    const stopping = get(SnapshotReader).beforeApplicationShutdown();
    goOn();
    await Promise.all([reading, stopping, read()]);
    expect(calls()).toBe(4);
    expect(await query('SELECT id FROM stripe_reads WHERE lease_token IS NOT NULL')).toEqual([]);
  });

  it('waits ever longer where a handler of the app throws, says what to do, and goes on once it is mended', async () => {
    await grantedByRead();
    broken = true;
    const log = jest.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
    for (let attempt = 1; attempt <= 2; attempt++) {
      await pauseIsOver();
      await read();
      await read(); // in the pause
      expect(calls()).toBe(attempt);
      const [row] = await query('SELECT attempts, due_at, lease_token, last_error FROM stripe_reads');
      expect(row).toMatchObject({
        attempts: attempt,
        lease_token: null,
        last_error: expect.stringMatching(/Workspace/),
      });
      expect(row.due_at).toBeGreaterThan(Date.now());
    }
    expect(log.mock.calls[0]?.[0]).toMatch(/subscription sub_1 is not stored.*mend it.*no such workspace/);
    expect(await status()).toBe('incomplete');
    broken = false;
    await pauseIsOver();
    await read();
    expect([await status(), ran]).toEqual(['active', ['pro granted']]);
  });

  it('waits also where Stripe cannot be read and the handler throws on what the event says', async () => {
    const one = await grantedByRead();
    await pauseIsOver();
    broken = true;
    jest.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
    app.stripeSubscriptions.findSubscription.mockRejectedValue(new StripeUnavailableError('retrieve', 'away'));
    const later = Math.floor(Date.now() / 1_000) + 60;
    await query(`UPDATE stripe_reads SET payload = '${JSON.stringify(one)}', caused_at = ${later * 1_000}`);
    await read();
    expect(await query('SELECT attempts, lease_token FROM stripe_reads')).toEqual([{ attempts: 1, lease_token: null }]);
    expect(await status()).toBe('incomplete');
  });

  it('lets a page wait where a handler throws: it has its answer later, and no error', async () => {
    const stripeCustomerId = await get(Customers).ensure(ownerOf(JENNY), JENNY.email);
    const plan = app.module.get<Plan[]>(PLANS, { strict: false })[0] as Plan;
    const wanted = { user: JENNY, owner: ownerOf(JENNY), plan, priceId: 'price_1', stripeCustomerId, quantity: 1 };
    const opened = await get(SubscriptionCheckouts).findOrOpen(wanted);
    const metadata = { checkout_id: opened.outcome === 'open' ? opened.checkout.id : '' };
    const session = aCheckoutSession({ mode: 'subscription', status: 'open', metadata });
    await get(SubscriptionCheckouts).note(session, 'test');
    atStripe({ customer: stripeCustomerId, metadata });
    app.stripe.retrieveCheckoutSession.mockResolvedValue({ ...session, status: 'complete', subscription: 'sub_1' });
    broken = true;
    const log = jest.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
    expect(await get(PlanReturnLookup).lookUp(JENNY, session.id)).toEqual({ outcome: 'waiting' });
    expect(log).toHaveBeenCalledTimes(1);
    broken = false;
    await pauseIsOver();
    await read();
    expect(await get(PlanReturnLookup).lookUp(JENNY, session.id)).toMatchObject({ outcome: 'subscribed' });
  });

  it('gives the answer of a call of ours where a handler throws on it, and stores it later', async () => {
    await grantedByRead();
    await read();
    broken = true;
    jest.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
    app.stripeSubscriptions.cancelSubscription.mockImplementation(async () =>
      atStripe({ ...real.get('sub_1'), status: 'canceled', ended_at: 1_795_000_100 }),
    );
    expect(await get(SubscriptionCancel).cancel('sub_1', 'now', 'operator')).toMatchObject({ outcome: 'canceled' });
    expect(await status()).toBe('active');
    broken = false;
    await pauseIsOver();
    await read();
    expect([await status(), ran]).toEqual(['canceled', ['pro granted', 'pro revoked']]);
  });
});
