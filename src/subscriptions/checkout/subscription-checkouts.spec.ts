import { aCheckoutSession, anEvent, aSubscription } from '../../../test/support/mock-stripe.js';
import { testingApp, type TestingApp } from '../../../test/support/testing-app.js';
import { Customers } from '../../customers/customers.service.js';
import { ownerOf } from '../../customers/owner.js';
import { SnapshotReader } from '../reads/snapshot-reader.service.js';
import { type Plan, PLANS } from '../state/plan.js';
import { SubscriptionCheckouts } from './subscription-checkouts.service.js';

const JENNY = { id: 'jenny', email: 'jenny@example.com', emailVerified: true };

describe('the checkout of a plan', () => {
  let app: TestingApp;
  let plan: Plan;
  let stripeCustomerId: string;
  beforeEach(async () => {
    app = await testingApp();
    [plan] = app.module.get<[Plan]>(PLANS);
    stripeCustomerId = await get(Customers).ensure(ownerOf(JENNY), JENNY.email);
  });
  afterEach(() => app.close());

  const get = <T>(service: abstract new (...dependencies: never[]) => T): T =>
    app.module.get<T>(service, { strict: false });
  const open = (changes: Partial<Plan> = {}) =>
    get(SubscriptionCheckouts).findOrOpen({
      user: JENNY,
      owner: ownerOf(JENNY),
      plan: { ...plan, ...changes },
      priceId: 'price_1',
      stripeCustomerId,
      quantity: 1,
    });
  /** The customer has completed it, which made this subscription. */
  const complete = async (subscription: string) => {
    const opened = await open();
    if (opened.outcome !== 'open') throw new Error('nothing to complete');
    const metadata = { checkout_id: opened.checkout.id };
    await get(SubscriptionCheckouts).note(
      aCheckoutSession({ mode: 'subscription', status: 'complete', subscription, metadata }),
      'test',
    );
  };

  it('waits for the subscription that the last one made, and is free where Stripe has none of that id', async () => {
    await complete('sub_gone');
    expect(await open()).toEqual({ outcome: 'subscribed', subscriptionId: 'sub_gone' });
    app.stripeSubscriptions.findSubscription.mockResolvedValue(undefined);
    await get(SnapshotReader).readNow({ kind: 'subscription', id: 'sub_gone', cause: 'test', at: new Date() });
    expect(await open()).toMatchObject({ outcome: 'open' });
  });

  describe('after a trial that has ended', () => {
    beforeEach(async () => {
      const ended = aSubscription({
        customer: stripeCustomerId,
        status: 'canceled',
        ended_at: 1_795_000_900,
        trial_start: 1_795_000_000,
      });
      app.stripeSubscriptions.findSubscription.mockResolvedValue(ended);
      await app.handle(anEvent('customer.subscription.deleted', ended as never));
    });

    it.each(['main', 'storage'])('has no second trial: of a plan of the group %s', async (group) => {
      expect(plan.trialDays).toBe(14);
      expect(await open({ group })).toMatchObject({ checkout: { trialDays: 0 } });
    });

    it('has one where the plan says that each subscription has', async () => {
      const settings = { ...plan.settings, trialOncePerOwner: false };
      expect(await open({ settings })).toMatchObject({ checkout: { trialDays: 14 } });
    });
  });
});
