import type { Subscription } from '../../model/wire.js';
import type { SubscriptionNotes } from '../../model/notes.js';
import { DAY_S, HOUR_S } from './calendar.js';

/** What can become due for a subscription, in the order in which it happens at the same moment. */
const STEPS = [
  'expire_pending_update',
  'expire_incomplete',
  'expire_resumption',
  'cancel',
  'cancel_disputed',
  'resume_collection',
  'resume',
  'send_trial_will_end',
  'send_upcoming',
  'end_trial',
  'renew',
] as const;

export type SubscriptionStep = (typeof STEPS)[number];

export interface Due {
  /** Unix seconds. */
  at: number;
  step: SubscriptionStep;
}

/** How long a first invoice, a pending update and a resumption wait for their payment (T). */
export const PAYMENT_WINDOW_S = 23 * HOUR_S;
export const TRIAL_WARNING_S = 3 * DAY_S;

/** The period of a subscription: the latest start and the earliest end of its items (SUBSCRIPTIONS.md 1). */
export const periodOf = ({ items }: Pick<Subscription, 'items'>): { start: number; end: number } => ({
  start: Math.max(...items.data.map((item) => item.current_period_start)),
  end: Math.min(...items.data.map((item) => item.current_period_end)),
});

/** Everything that lies ahead of a subscription, as far as it is known now; the earliest first. */
export function dueOf(
  subscription: Subscription,
  notes: SubscriptionNotes,
  { upcomingDays }: { upcomingDays: number },
): Due[] {
  const { status, created, trial_end: trialEnd, cancel_at: cancelAt, pause_collection: pause } = subscription;
  const due: Due[] = [];
  const add = (step: SubscriptionStep, at: number | null | undefined): void => {
    if (typeof at === 'number') due.push({ step, at });
  };
  if (status === 'canceled' || status === 'incomplete_expired') return [];
  if (status === 'incomplete') return [{ step: 'expire_incomplete', at: created + PAYMENT_WINDOW_S }];

  const { start, end } = periodOf(subscription);
  const ends = subscription.cancel_at_period_end ? Math.min(end, cancelAt ?? end) : cancelAt;
  add('cancel', ends);
  add('cancel_disputed', notes.cancelsForDisputeAt);
  add('expire_resumption', notes.resuming?.expiresAt);
  if (status === 'paused') {
    add('resume', notes.resumesAt);
    return sorted(due);
  }

  add('resume_collection', pause?.resumes_at);
  add('expire_pending_update', subscription.pending_update?.expires_at);
  if (status === 'trialing' && trialEnd !== null) {
    if (notes.trialWillEndSentFor !== trialEnd) add('send_trial_will_end', trialEnd - TRIAL_WARNING_S);
    add('end_trial', trialEnd);
  } else {
    add('renew', end);
  }
  const upcomingAt = end - upcomingDays * DAY_S;
  if (notes.upcomingSentFor !== end && upcomingAt > start && (ends ?? Infinity) > end) add('send_upcoming', upcomingAt);
  return sorted(due);
}

/** When a subscription is renewed next; infinite where it ends before. */
export function renewsAt(subscription: Subscription): number {
  const steps = dueOf(subscription, { debits: [] }, { upcomingDays: 0 });
  const next = steps.find(({ step }) => ['renew', 'end_trial', 'cancel'].includes(step));
  return next === undefined || next.step === 'cancel' ? Infinity : next.at;
}

const sorted = (due: Due[]): Due[] =>
  due.toSorted((a, b) => a.at - b.at || STEPS.indexOf(a.step) - STEPS.indexOf(b.step));
