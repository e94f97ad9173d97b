import type { Subscription } from '../model/wire.js';
import { inPeriod, anchorOf, recurrenceOf } from './engine/periods.js';
import { periodAt } from './engine/calendar.js';
import { withItems } from './subscription-store.js';

interface Asked {
  cancel_at?: number | 'min_period_end' | 'max_period_end' | 'max_billed_until' | null | undefined;
  cancel_at_period_end?: boolean | undefined;
}

/**
 * Schedules the end of a subscription, or takes it back. Both signs are set by `cancel_at_period_end` and both are taken
 * back by `false` (recorded). A `cancel_at` inside the period shortens the period; without it the period is whole again.
 */
export function withCancellation(after: Subscription, before: Subscription, asked: Asked, now: number): Subscription {
  const { cancel_at: at, cancel_at_period_end: atPeriodEnd } = asked;
  if (at === undefined && atPeriodEnd === undefined) return after;
  const moment =
    atPeriodEnd === true ? endOf(after, 'min_period_end') : typeof at === 'string' ? endOf(after, at) : (at ?? null);
  const scheduled: Subscription = {
    ...after,
    cancel_at: moment,
    cancel_at_period_end: atPeriodEnd === true,
    canceled_at: moment === null ? null : (before.canceled_at ?? now),
    cancellation_details: {
      comment: null,
      feedback: null,
      feedback_option: null,
      ...after.cancellation_details,
      reason: moment === null ? null : 'cancellation_requested',
    },
  };
  return withItems(scheduled, endedAt(scheduled, moment, now));
}

/** The end of the periods as they would be without a scheduled end. */
function endOf(subscription: Subscription, which: string): number {
  const ends = naturalEnds(subscription);
  return which === 'min_period_end' ? Math.min(...ends) : Math.max(...ends);
}

const naturalEnds = (subscription: Subscription): number[] =>
  subscription.status === 'trialing' && subscription.trial_end !== null
    ? [subscription.trial_end]
    : subscription.items.data.map(({ price, current_period_end: end }) =>
        Math.max(end, periodAt(anchorOf(subscription), recurrenceOf(price), end - 1).end),
      );

function endedAt(subscription: Subscription, at: number | null, now: number): Subscription['items']['data'] {
  const ends = naturalEnds(subscription);
  if (subscription.status === 'trialing') return subscription.items.data;
  return subscription.items.data.map((item, index) => {
    const natural = ends[index] ?? item.current_period_end;
    const end = at !== null && at > now ? Math.min(natural, at) : natural;
    return inPeriod(item, { start: item.current_period_start, end });
  });
}
