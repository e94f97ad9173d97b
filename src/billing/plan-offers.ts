import type { Texts } from '../http/texts/texts.js';
import { priceText } from '../subscriptions/account/plan.view.js';
import type { SubscriptionSummary } from '../subscriptions/account/subscription-reader.service.js';
import { trialDaysFor } from '../subscriptions/state/derive-plan.js';
import type { Plan } from '../subscriptions/state/plan.js';
import type { Offer } from './catalog/offers.service.js';

/**
 * The plans among the offers, as the shop shows them to the owner of these subscriptions, live or ended. One whose group the owner
 * has a live plan of leads to that one instead of Checkout.
 */
export function planOffers(
  offers: readonly Offer[],
  plans: readonly Plan[],
  subscriptions: readonly SubscriptionSummary[],
  texts: Texts,
) {
  return offers.flatMap((offer) => {
    const plan = plans.find(({ lookupKey }) => lookupKey === offer.lookupKey);
    if (!plan) return [];
    const { interval, intervalCount, seats, group } = plan;
    const price = priceText({ unitAmount: offer.amount, currency: offer.currency, interval, intervalCount }, texts);
    const ofGroup = subscriptions.filter(({ isLive, planGroup }) => isLive && planGroup === group);
    const held = ofGroup.find(({ duplicateOf }) => duplicateOf === null) ?? ofGroup[0]; // a second one may be about to end
    const trialDays = held ? 0 : trialDaysFor(plan, subscriptions);
    return {
      ...offer,
      price,
      trial: trialDays > 0 && texts.t('plan.trialDays', { count: trialDays }),
      seats: seats && seats.max > 1 && { ...seats, label: texts.t('plan.howManySeats') },
      held: held && linkTo(held, { ...offer, price }, texts),
    };
  });
}

/** Where a plan leads that an owner cannot subscribe to, since there is a live one of its group. */
function linkTo(held: SubscriptionSummary, offer: { lookupKey: string; name: string; price: string }, { t }: Texts) {
  const { lookupKey, name, price } = offer;
  if (held.planKey === lookupKey)
    return { isThis: true, href: '/account', text: t('plan.held'), label: t('plan.held') };
  if (!held.canChange)
    return { isThis: false, href: '/account', text: t('plan.held'), label: t('plan.heldThis', { name, price }) };
  return {
    isThis: false,
    href: `/account/subscriptions/${held.id}/change?plan=${encodeURIComponent(lookupKey)}`,
    text: t('plan.changeTo'),
    label: t('plan.changeToThis', { name, price }),
  };
}
