import { aPlan } from '../../../test/support/a-plan.js';
import { day, START, subscriptionFacts } from '../../../test/support/subscription-facts.js';
import { derivePlan } from './derive-plan.js';
import type { Plan } from './plan.js';
import type { SnapshotItem, SubscriptionFacts, SubscriptionSnapshot } from './subscription-facts.js';

const PRO = aPlan('pro');
const ITEM: SnapshotItem = {
  id: 'si_1',
  planKey: 'pro',
  priceId: 'price_1',
  productId: 'pro',
  quantity: 2,
  unitAmount: 1500,
  currency: 'usd',
  interval: 'month',
  intervalCount: 1,
  currentPeriodStart: START,
  currentPeriodEnd: day(31),
};
const PLANS = [PRO, { ...PRO, lookupKey: 'basic' }];

describe('whether plan and seats can be changed', () => {
  const canChange = (
    changes: Partial<SubscriptionFacts & SubscriptionSnapshot> = {},
    plans: readonly Plan[] = PLANS,
    now = day(1),
  ) => derivePlan(subscriptionFacts({ items: [ITEM], ...changes }), plans, now).canChange;

  it('they can while the plan runs, or its trial', () => {
    expect([canChange(), canChange({ stripeStatus: 'trialing' })]).toEqual([true, true]);
  });

  it.each<Partial<SubscriptionFacts & SubscriptionSnapshot>>([
    { stripeStatus: 'past_due' },
    { stripeStatus: 'unpaid' },
    { stripeStatus: 'paused' },
    { stripeStatus: 'incomplete' },
    { endedAt: day(1), endedStatus: 'canceled' },
    { cancelAtPeriodEnd: true },
    { cancelAt: day(20) },
    { scheduleId: 'sub_sched_1' },
    { pauseCollection: 'void' },
    { pendingUpdateExpiresAt: day(2) },
    { items: [] },
    { items: [ITEM, { ...ITEM, id: 'si_2' }] },
    { items: [{ ...ITEM, planKey: null }] },
  ])('they cannot with %j', (changes) => {
    expect(canChange(changes)).toBe(false);
  });

  it('they cannot while an invoice is open, as with a bank debit, and can once that is settled', () => {
    const withInvoice = (changes: Partial<SubscriptionSnapshot>, hasOpenInvoice: boolean) => {
      const subscription = { ...subscriptionFacts({ items: [ITEM], ...changes }), hasOpenInvoice };
      const { canChange: can, canChangeOncePaid } = derivePlan(subscription, PLANS, day(1));
      return [can, canChangeOncePaid];
    };
    expect([withInvoice({}, true), withInvoice({}, false)]).toEqual([
      [false, true],
      [true, false],
    ]);
    expect(withInvoice({ cancelAt: day(20) }, true)).toEqual([false, false]);
  });

  it('they cannot once the period is over, until the next one is known', () => {
    expect([canChange({}, PLANS, day(30)), canChange({}, PLANS, day(31))]).toEqual([true, false]);
  });

  it('they cannot where there is no other plan of the group and no choice of seats', () => {
    const alone = [PRO, { ...PRO, lookupKey: 'storage', group: 'storage' }];
    const withSeats = (min: number, max: number) => [{ ...PRO, seats: { min, max } }];
    expect(canChange({}, alone)).toBe(false);
    expect([canChange({}, withSeats(2, 2)), canChange({}, withSeats(1, 2))]).toEqual([false, true]);
  });
});
