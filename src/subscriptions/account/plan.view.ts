import type { TextKey, Texts } from '../../http/texts/texts.js';
import { formatAmount } from '../../payments/state/money.js';
import { readReason, reasonPhrase } from '../access/reason.js';
import type { Plan } from '../state/plan.js';
import type { Invoice } from '../store/invoice.entity.js';
import type { SubscriptionSummary } from './subscription-reader.service.js';

/** Why a customer ends a plan: Stripe's words. */
export const FEEDBACK = [
  'too_expensive',
  'missing_features',
  'switched_service',
  'unused',
  'customer_service',
  'low_quality',
  'too_complex',
  'other',
] as const;

type Priced = Pick<SubscriptionSummary['items'][number], 'unitAmount' | 'currency' | 'interval' | 'intervalCount'>;

/** What a plan costs, such as `$15.00 a month`. */
export function priceText({ unitAmount, currency, interval, intervalCount }: Priced, texts: Texts): string {
  const amount = formatAmount(unitAmount ?? 0, currency, texts.locale);
  const known = INTERVALS.find((one) => one === interval) ?? 'month';
  return intervalCount === 1
    ? texts.t(`plan.each.${known}`, { amount })
    : texts.t(`plan.every.${known}`, { amount, count: intervalCount });
}
const INTERVALS = ['day', 'week', 'month', 'year'] as const;

/** Reasons for access that the status, and what happens next, say already. */
const SAID_ELSEWHERE: ReadonlySet<TextKey> = new Set(['access.active', 'access.ending']);

/** An invoice that is finalized and not settled. */
export interface OpenInvoice extends Pick<Invoice, 'id' | 'subscriptionId' | 'amountRemaining' | 'currency'> {
  /** Whether a payment of it is on its way, as a bank debit is for days: it is not to be paid again unless that fails. */
  isOnItsWay: boolean;
}

/** A live subscription for the account page. `open`: its open invoices, newest first. */
export function planView(subscription: SubscriptionSummary, open: readonly OpenInvoice[], texts: Texts) {
  const { t } = texts;
  const [item] = subscription.items;
  const reason = readReason(subscription.accessReason);
  const phrase = reason && reasonPhrase(reason, subscription.accessUntil, texts);
  const amountOf = ({ amountRemaining, currency }: OpenInvoice) =>
    formatAmount(amountRemaining, currency, texts.locale);
  const [toPay] = open.filter(({ isOnItsWay }) => !isOnItsWay);
  const [onItsWay] = open.filter(({ isOnItsWay }) => isOnItsWay);
  return {
    id: subscription.id,
    version: subscription.version,
    name: subscription.plan?.name ?? subscription.planKey ?? subscription.id,
    price: item && priceText(item, texts),
    seats: subscription.quantity > 1 && t('plan.seats', { count: subscription.quantity }),
    statusText: t(`plan.status.${subscription.status}`),
    status: toneOf(subscription),
    reason: phrase && !SAID_ELSEWHERE.has(phrase.key) && texts.say(phrase),
    next: nextText(subscription, texts),
    pending:
      subscription.pendingUpdateExpiresAt &&
      t('plan.pendingChange', { date: texts.date(subscription.pendingUpdateExpiresAt).text }),
    canChange: subscription.canChange,
    changeWaits: subscription.canChangeOncePaid && t('plan.changeWaits'),
    resume: subscription.status === 'paused' && t('plan.resumeWhat', { amount: totalText(subscription, texts) }),
    canEnd: !subscription.isEnding && subscription.scheduleId === null,
    canKeep: subscription.isEnding && subscription.scheduleId === null,
    openInvoice: toPay && { id: toPay.id, amount: amountOf(toPay) },
    onItsWay: onItsWay && t('plan.onItsWay', { amount: amountOf(onItsWay) }),
    // Stripe voids no invoice while it is being paid.
    canGiveUp: subscription.pendingUpdateExpiresAt !== null && !onItsWay,
    feedback: FEEDBACK.map((value) => ({ value, text: t(`plan.feedback.${value}`) })),
  };
}

/** A plan that has ended, and whether its group is still for sale. */
export function endedPlanView(subscription: SubscriptionSummary, plans: readonly Plan[], texts: Texts) {
  const { id, plan, planKey, planGroup, status, endsAt, endReason } = subscription;
  const date = endsAt ? texts.date(endsAt).text : '';
  const isUnpaid = endReason === 'payment_failed';
  return {
    name: plan?.name ?? planKey ?? id,
    status: isUnpaid ? 'failed' : '',
    statusText: texts.t(`plan.status.${status}`),
    text: texts.t(isUnpaid ? 'plan.endedUnpaid' : 'plan.ended', { date }),
    canSubscribe: plans.some(({ group }) => group === planGroup),
  };
}

/** What a whole period costs, without discounts and taxes. */
function totalText({ items, currency }: SubscriptionSummary, texts: Texts): string {
  const total = items.reduce((sum, { unitAmount, quantity }) => sum + (unitAmount ?? 0) * quantity, 0);
  return formatAmount(total, currency ?? items[0]?.currency ?? 'usd', texts.locale);
}

/** The colour of the status, by the payment's status that has it: grace and a scheduled end ask for attention. */
function toneOf({ access, status, isEnding }: SubscriptionSummary): 'paid' | 'pending' | 'failed' {
  if (!access) return 'failed';
  return status === 'past_due' || isEnding ? 'pending' : 'paid';
}

/** What happens next, and when, such as `It renews on 3 May 2027 for $15.00.` */
function nextText(subscription: SubscriptionSummary, texts: Texts): string | undefined {
  const { endsAt, isEnding, status, trialEnd, currentPeriodEnd, pauseCollection, pauseResumesAt } = subscription;
  const amount = totalText(subscription, texts);
  const date = (at: Date) => texts.date(at).text;
  if (isEnding && endsAt) return texts.t('plan.next.ends', { date: date(endsAt) });
  if (pauseCollection && pauseResumesAt) return texts.t('plan.next.collects', { date: date(pauseResumesAt) });
  if (pauseCollection) return texts.t('plan.next.collectsNot');
  if (status === 'trialing' && trialEnd) return texts.t('plan.next.trial', { date: date(trialEnd), amount });
  if (status === 'active' && currentPeriodEnd)
    return texts.t('plan.next.renews', { date: date(currentPeriodEnd), amount });
  return undefined;
}
