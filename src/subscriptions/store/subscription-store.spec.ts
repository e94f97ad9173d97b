import { aSubscription, anEvent } from '../../../test/support/mock-stripe.js';
import { testingApp, type TestingApp } from '../../../test/support/testing-app.js';
import { Customers } from '../../customers/customers.service.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { SubscriptionStore } from './subscription-store.service.js';

describe('what listens to changes of subscriptions', () => {
  let app: TestingApp;
  beforeEach(async () => {
    app = await testingApp();
  });
  afterEach(() => app.close());

  const get = <T>(service: abstract new (...dependencies: never[]) => T): T =>
    app.module.get<T>(service, { strict: false });

  it('is given the subscription as it is stored, also after another listener has changed it once more', async () => {
    const paidAt = new Date(1_795_000_000_000);
    const seen: (Date | null)[] = [];
    const store = get(SubscriptionStore);
    store.onChange(async (tx, { before, after }) => {
      if (!before) await store.add(tx, { id: after.id, facts: { firstPaidAt: paidAt }, cause: 'nested', at: paidAt });
    });
    store.onChange(async (_tx, { after }) => void seen.push(after.firstPaidAt));
    const customer = await get(Customers).ensure({ type: 'user', id: 'jenny' }, 'jenny@example.com');
    await app.handle(anEvent('customer.subscription.created', aSubscription({ customer })));
    expect(seen).toEqual([paidAt, paidAt]);
    const stored = await get(UnitOfWork).run((tx) => store.find(tx, 'sub_1'));
    expect(stored?.firstPaidAt).toEqual(paidAt);
  });
});
