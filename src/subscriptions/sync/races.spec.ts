import { aCheckoutSession, anEvent, aSubscription, aSubscriptionItem } from '../../../test/support/mock-stripe.js';
import { testingApp, type TestingApp } from '../../../test/support/testing-app.js';
import { Customers } from '../../customers/customers.service.js';
import { ownerOf } from '../../customers/owner.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { StripeUnavailableError } from '../../stripe/stripe.errors.js';
import type { Subscription } from '../../stripe/stripe.types.js';
import { SubscriptionReader } from '../account/subscription-reader.service.js';
import { SubscriptionCheckouts } from '../checkout/subscription-checkouts.service.js';
import { SnapshotReader } from '../reads/snapshot-reader.service.js';
import { PLANS, type Plan } from '../state/plan.js';

const MONTHLY = 'nest_stripe_billing_pro_monthly';
const JENNY = { id: 'jenny', email: 'jenny@example.com' };
const SECOND = 1_795_000_000;

/** The races of subscriptions: each test is named after what comes in an unlucky order. */
describe('when', () => {
  let app: TestingApp;
  /** The subscriptions at Stripe. */
  let real: Map<string, Subscription>;
  beforeEach(async () => {
    app = await testingApp();
    real = new Map();
    app.stripeSubscriptions.findSubscription.mockImplementation(async (id) => real.get(id));
  });
  afterEach(() => app.close());

  const get = <T>(service: abstract new (...dependencies: never[]) => T): T =>
    app.module.get<T>(service, { strict: false });
  const read = () => get(SnapshotReader).readDue();
  const customer = () => get(Customers).ensure(ownerOf(JENNY), JENNY.email);
  const subscription = (changes: Partial<Subscription> = {}) => {
    const items = {
      ...aSubscription().items,
      data: [aSubscriptionItem({ id: `si_${changes.id ?? 'sub_1'}`, lookupKey: MONTHLY })],
    };
    return aSubscription({ items, ...changes });
  };
  /** What Stripe has from now on. */
  const atStripe = (changes: Partial<Subscription> = {}) => {
    const one = subscription(changes);
    real.set(one.id, one);
    return one;
  };
  const says = (type: 'created' | 'updated' | 'deleted' | 'trial_will_end', one: Subscription, second = SECOND) =>
    app.handle(anEvent(`customer.subscription.${type}`, one as never, { created: second }) as never);
  const row = async (id = 'sub_1') => get(SubscriptionReader).details(id);

  it('"updated" comes before "created", there is one row, as Stripe has it now', async () => {
    const now = atStripe({ cancel_at_period_end: true });
    await says('updated', now, SECOND + 5);
    await says('created', subscription(), SECOND);
    await read();
    expect(await row()).toMatchObject({ status: 'active', isEnding: true });
    expect((await get(SubscriptionReader).list({})).total).toBe(1);
  });

  it('two changes share a second and come in the wrong order, the last one counts', async () => {
    const first = subscription({ status: 'past_due' });
    atStripe({ status: 'active' });
    await says('created', first);
    await says('updated', atStripe({ status: 'active' }));
    await says('trial_will_end', first);
    await read();
    expect(await row()).toMatchObject({ status: 'active', provisional: false });
  });

  it('"updated" comes after "deleted", the subscription stays ended, also where an old answer is read', async () => {
    const ended = subscription({ status: 'canceled', ended_at: SECOND + 9, canceled_at: SECOND + 9 });
    atStripe(); // an answer from before the end
    await says('created', subscription());
    await says('deleted', ended, SECOND + 9);
    await says('updated', subscription(), SECOND + 8);
    await read();
    expect(await row()).toMatchObject({ status: 'canceled', endsAt: new Date((SECOND + 9) * 1_000) });
  });

  it('an event of "deleted" does not say so itself, it has ended all the same', async () => {
    atStripe();
    await says('deleted', subscription({ canceled_at: SECOND + 3 }));
    await read();
    expect(await row()).toMatchObject({ status: 'canceled' });
  });

  it.each(['before', 'after'])(
    'the session is completed %s "created", both are one subscription with its checkout',
    async (when) => {
      const stripeCustomerId = await customer();
      const plan = app.module.get<Plan[]>(PLANS, { strict: false })[0] as Plan;
      const wanted = { user: JENNY, owner: ownerOf(JENNY), plan, priceId: 'price_1', stripeCustomerId, quantity: 1 };
      const opened = await get(SubscriptionCheckouts).findOrOpen(wanted);
      const id = opened.outcome === 'open' ? opened.checkout.id : '';
      const metadata = { app_name: '[Nest Stripe Billing] Demo Product', checkout_id: id };
      const made = atStripe({ customer: stripeCustomerId, metadata });
      const completed = aCheckoutSession({ mode: 'subscription', status: 'complete', subscription: made.id, metadata });
      const complete = () => app.handle(anEvent('checkout.session.completed', completed));
      const create = () => says('created', made);
      for (const step of when === 'before' ? [complete, create] : [create, complete]) await step();
      await read();
      expect(await row()).toMatchObject({ ownerId: 'jenny', status: 'active', planGroup: 'main' });
      expect(await get(SubscriptionCheckouts).findOrOpen(wanted)).toEqual({
        outcome: 'subscribed',
        subscriptionId: 'sub_1',
      });
    },
  );

  it('there are two subscriptions of one group, the older stays and the newer is marked, whichever is heard of first', async () => {
    const cus = await customer();
    const older = atStripe({ id: 'sub_older', customer: cus, created: SECOND - 60 });
    const newer = atStripe({ id: 'sub_newer', customer: cus, created: SECOND });
    await says('created', newer);
    await says('created', older);
    await read();
    expect(await row('sub_newer')).toMatchObject({ duplicateOf: 'sub_older' });
    expect(await row('sub_older')).toMatchObject({ duplicateOf: null });
  });

  it('fifty requests want the customer at once, one is made', async () => {
    const ids = await Promise.all(Array.from({ length: 50 }, customer));
    expect(new Set(ids).size).toBe(1);
    const keys = app.stripeCustomers.createCustomer.mock.calls.map(([, key]) => key);
    expect(new Set(keys).size).toBe(1);
  });

  it('the customer is deleted at Stripe, the next purchase makes another, and the old one is still its owner', async () => {
    const old = await customer();
    await app.handle(anEvent('customer.deleted', { id: old, object: 'customer' } as never));
    const next = await customer();
    expect(next).not.toBe(old);
    await says('created', atStripe({ customer: old, metadata: {} }));
    expect(await row()).toMatchObject({ ownerId: 'jenny' });
  });

  it('an older answer is still on its way, it is not stored after a newer one', async () => {
    await says('created', atStripe({ status: 'past_due' }));
    let answer: (value: Subscription) => void = () => undefined;
    const hanging = new Promise<Subscription>((resolve) => (answer = resolve));
    app.stripeSubscriptions.findSubscription.mockReturnValueOnce(hanging);
    const first = read();
    await says('updated', atStripe({ status: 'active' }), SECOND + 1);
    answer(subscription({ status: 'past_due' }));
    await first;
    await read();
    expect(await row()).toMatchObject({ status: 'active' });
  });

  it('ten events come of one subscription, it is read twice at most', async () => {
    const one = atStripe();
    await says('created', one);
    for (let event = 1; event < 10; event++) await says('updated', one, SECOND + event);
    await read();
    expect(app.stripeSubscriptions.findSubscription.mock.calls.length).toBeLessThanOrEqual(2);
  });

  it('our own call and its events cross, the answer of the call is not taken back by an older read', async () => {
    await says('created', atStripe());
    await read();
    const request = {
      kind: 'subscription' as const,
      id: 'sub_1',
      cause: 'cancellation',
      at: new Date(),
      actor: 'jenny',
    };
    await get(SnapshotReader).change(request, async () => {
      await says('updated', subscription(), SECOND + 1); // an event from before, while the call is under way
      await read(); // nobody reads meanwhile
      return atStripe({ cancel_at_period_end: true });
    });
    expect(await row()).toMatchObject({ isEnding: true });
    await read();
    expect(await row()).toMatchObject({ isEnding: true });
  });

  it('the plan changes in the portal while our page is open, the page is out of date, and reading alone never makes it so', async () => {
    await says('created', atStripe());
    await read();
    const drawn = (await row())?.version;
    await says('updated', atStripe(), SECOND + 1);
    await read();
    expect((await row())?.version).toBe(drawn);
    await says(
      'updated',
      atStripe({ items: { ...subscription().items, data: [aSubscriptionItem({ quantity: 5 })] } }),
      SECOND + 2,
    );
    await read();
    expect((await row())?.version).toBeGreaterThan(drawn ?? 0);
  });

  it('Stripe cannot be read, the newest payload counts for the time being, and the answer later', async () => {
    await says('created', atStripe());
    await read();
    const away = new StripeUnavailableError('subscriptions.retrieve', 'status 500');
    app.stripeSubscriptions.findSubscription.mockRejectedValueOnce(away);
    const later = Math.floor(Date.now() / 1_000) + 60;
    await says('updated', subscription({ status: 'past_due' }), later);
    await read();
    expect(await row()).toMatchObject({ status: 'past_due', provisional: true });
    atStripe({ status: 'active' });
    await get(UnitOfWork).run((tx) => tx.query('UPDATE stripe_reads SET due_at = 0')); // the pause is over
    await read();
    expect(await row()).toMatchObject({ status: 'active', provisional: false });
  });

  it('it belongs to another app or to nobody here, it is left alone', async () => {
    await says('created', atStripe({ metadata: {} }));
    await read();
    expect(await row()).toBeUndefined();
  });
});
