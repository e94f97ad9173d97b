import { aPlan } from '../../test/support/a-plan.js';
import { english } from '../http/texts/texts.js';
import type { SubscriptionSummary } from '../subscriptions/account/subscription-reader.service.js';
import type { Offer } from './catalog/offers.service.js';
import { planOffers } from './plan-offers.js';

const PLANS = [
  aPlan('monthly', { trialDays: 14 }),
  aPlan('yearly', { interval: 'year', amount: 15_000, trialDays: 14 }),
];
const OFFERS = PLANS.map((plan) => ({ ...plan, priceId: `price_${plan.lookupKey}` }) as unknown as Offer);

const aSubscription = (changes: Partial<SubscriptionSummary> = {}) =>
  ({
    id: 'sub_1',
    isLive: true,
    planGroup: 'main',
    planKey: 'monthly',
    canChange: true,
    trialStartedAt: null,
    duplicateOf: null,
    ...changes,
  }) as SubscriptionSummary;

describe('the plans of the shop', () => {
  const shown = (...subscriptions: SubscriptionSummary[]) =>
    planOffers(OFFERS, PLANS, subscriptions, english).map(({ trial, held }) => ({
      trial,
      text: held?.text,
      href: held?.href,
      isThis: held?.isThis,
    }));
  const nothingHeld = { text: undefined, href: undefined, isThis: undefined };
  const trial = 'The first 14 days are free.';

  it('promise the trial to those who had none, of whichever group', () => {
    expect(shown()).toMatchObject([{ trial, ...nothingHeld }, { trial }]);
    const ended = aSubscription({ isLive: false, planGroup: 'storage', trialStartedAt: new Date() });
    expect(shown(ended)).toMatchObject([{ trial: false, ...nothingHeld }, { trial: false }]);
    expect(shown(aSubscription({ isLive: false }))).toMatchObject([{ trial, ...nothingHeld }, { trial }]);
  });

  it('lead to the change of the plan that one has, or to the account where it cannot be changed', () => {
    expect(shown(aSubscription())).toEqual([
      { trial: false, isThis: true, href: '/account', text: 'See your plan' },
      {
        trial: false,
        isThis: false,
        href: '/account/subscriptions/sub_1/change?plan=yearly',
        text: 'Change to this plan',
      },
    ]);
    expect(shown(aSubscription({ canChange: false }))).toMatchObject([{ href: '/account' }, { href: '/account' }]);
    const ofRemovedPlan = aSubscription({ planKey: 'old', canChange: false });
    expect(shown(ofRemovedPlan)).toMatchObject([{ isThis: false, href: '/account' }, { href: '/account' }]);
  });

  it('lead to the older of two live plans of a group, which stays', () => {
    const newer = aSubscription({ id: 'sub_2', duplicateOf: 'sub_1' });
    expect(shown(newer, aSubscription())[1]).toMatchObject({ href: '/account/subscriptions/sub_1/change?plan=yearly' });
    expect(shown(newer)[1]).toMatchObject({ href: '/account/subscriptions/sub_2/change?plan=yearly' });
  });
});
