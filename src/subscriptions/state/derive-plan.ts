import type { Plan } from './plan.js';
import type { SubscriptionFacts, SubscriptionSnapshot, SubscriptionStatus } from './subscription-facts.js';

/** What an owner has, as far as Stripe and the catalog say. Whether they may use it is `deriveAccess`. */
export interface PlanState {
  status: SubscriptionStatus;
  /** Undefined: a price that is not in the catalog. */
  plan: Plan | undefined;
  /** The lookup key, also of a plan that left the catalog; `null` where it is not known. */
  planKey: string | null;
  quantity: number;
  /** When it is going to end, or ended; `null`: it goes on. */
  endsAt: Date | null;
  /** Whether an end is scheduled that can still be taken back. */
  isEnding: boolean;
  /** Whether it may come back to life, and so stands in the way of a second one of its group. */
  isLive: boolean;
  /** Whether its plan and seats can be changed here and now. */
  canChange: boolean;
  /** Whether that is so as soon as its open invoice is settled: a bank debit takes days. */
  canChangeOncePaid: boolean;
}

/** What `derivePlan` goes by. */
export interface PlanFacts extends SubscriptionFacts, SubscriptionSnapshot {
  /** Whether an invoice of it is finalized and not settled. Undefined: none is. */
  hasOpenInvoice?: boolean;
}

/** A subscription as it is known, but for what is billed by it. */
export type KnownSubscription = SubscriptionFacts & Omit<SubscriptionSnapshot, 'items'>;

/** The status by facts and snapshot: an end that was reported is never taken back by a snapshot. */
export const deriveStatus = ({ endedStatus, endedAt, stripeStatus }: KnownSubscription): SubscriptionStatus =>
  endedStatus ?? (endedAt ? 'canceled' : stripeStatus);

/** When it ends by either of Stripe's signs; `null` where it goes on. */
export function deriveEnd({ endedAt, cancelAt, cancelAtPeriodEnd, currentPeriodEnd }: KnownSubscription): Date | null {
  return endedAt ?? cancelAt ?? (cancelAtPeriodEnd ? currentPeriodEnd : null);
}

/** Statuses in which Stripe still bills, tries to, or may again. */
const LIVE: ReadonlySet<SubscriptionStatus> = new Set(['trialing', 'active', 'past_due', 'unpaid', 'paused']);

/** Whether a subscription of this status may still be billed for, and so stands in the way of a second one of its group. */
export const isLiveStatus = (status: SubscriptionStatus): boolean => LIVE.has(status);

/** What the subscription is at `now`. The only function that says so. */
export function derivePlan(subscription: PlanFacts, plans: readonly Plan[], now: Date): PlanState {
  const status = deriveStatus(subscription);
  const [item] = subscription.items;
  const plan = plans.find(({ lookupKey }) => lookupKey === item?.planKey);
  const endsAt = deriveEnd(subscription);
  const isLive = isLiveStatus(status);
  const mayChange = hasAlternative(plan, plans) && endsAt === null && canBeChanged(subscription, status, now);
  const hasOpenInvoice = subscription.hasOpenInvoice === true;
  return {
    status,
    plan,
    planKey: item?.planKey ?? null,
    quantity: item?.quantity ?? 1,
    endsAt,
    isEnding: isLive && endsAt !== null,
    isLive,
    canChange: mayChange && !hasOpenInvoice,
    canChangeOncePaid: mayChange && hasOpenInvoice,
  };
}

/** The days of trial that an owner of these subscriptions, live or ended, gets with a plan; 0: none. */
export function trialDaysFor(plan: Plan, subscriptions: readonly Pick<SubscriptionFacts, 'trialStartedAt'>[]): number {
  const hadTrial =
    plan.settings.trialOncePerOwner && subscriptions.some(({ trialStartedAt }) => trialStartedAt !== null);
  return hadTrial ? 0 : plan.trialDays;
}

/** Whether there is another plan of the group, or another number of seats. */
const hasAlternative = (plan: Plan | undefined, plans: readonly Plan[]): boolean =>
  plan !== undefined &&
  (plans.some((other) => other !== plan && other.group === plan.group) ||
    (plan.seats !== undefined && plan.seats.min < plan.seats.max));

/**
 * Only what is paid for, or free for now, is changed, since a credit for time that nobody has paid for would be a present; and nothing
 * that a schedule, a pause or a change that waits for its payment changes by itself.
 */
const canBeChanged = (subscription: SubscriptionSnapshot, status: SubscriptionStatus, now: Date): boolean =>
  ['trialing', 'active'].includes(status) &&
  subscription.items.length === 1 &&
  subscription.currentPeriodEnd !== null &&
  subscription.currentPeriodEnd > now &&
  subscription.scheduleId === null &&
  subscription.pauseCollection === null &&
  subscription.pendingUpdateExpiresAt === null;
