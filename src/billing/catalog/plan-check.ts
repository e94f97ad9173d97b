import type { PlanSettings } from '../../subscriptions/state/plan.js';
import { isName, isRange, isWhole, NAME_RULE, RANGE_RULE, shown } from './catalog-rules.js';
import type { CatalogItem, PlanTerms } from './catalog.js';

/** How long Stripe allows a period and a trial to be. */
const MOST_INTERVALS: Readonly<Record<string, number>> = { day: 1_095, week: 156, month: 36, year: 3 };
const MOST_TRIAL_DAYS = 730;
/** Stripe's limit for the lookup key of a feature. */
const LONGEST_FEATURE = 80;

export function planFaults(plan: PlanTerms): string[] {
  const { interval, intervalCount = 1, trialDays = 0, seats, group, features = [], limits = {} } = plan;
  const faults: string[] = [];
  const most = MOST_INTERVALS[interval];
  if (most === undefined) faults.push(`plan.interval: day, week, month or year, not ${shown(interval)}.`);
  else if (!isWhole(intervalCount, 1, most))
    faults.push(`plan.intervalCount: a whole number from 1 to ${most}, not ${shown(intervalCount)}.`);
  if (!isWhole(trialDays, 0, MOST_TRIAL_DAYS))
    faults.push(`plan.trialDays: a whole number from 0 to ${MOST_TRIAL_DAYS}, not ${shown(trialDays)}.`);
  if (seats && !isRange(seats)) faults.push(`plan.seats: ${RANGE_RULE}, not ${shown(seats)}.`);
  if (group !== undefined && !isName(group)) faults.push(`plan.group: ${NAME_RULE}, not ${shown(group)}.`);
  for (const feature of features)
    if (!isName(feature) || feature.length > LONGEST_FEATURE)
      faults.push(
        `plan.features: 1 to ${LONGEST_FEATURE} characters without spaces or slashes, not ${shown(feature)}.`,
      );
  for (const [name, limit] of Object.entries(limits))
    if (typeof limit !== 'number' || !(limit >= 0))
      faults.push(`plan.limits.${name}: a number from 0, not ${shown(limit)}.`);
  return [...faults, ...settingFaults(plan.settings ?? {})];
}

/** Longest grace, days: Stripe tries to collect for two months at most. */
const MOST_GRACE_DAYS = 366;

/** What each setting may be, in words and as a check. */
const SETTINGS: { readonly [K in keyof PlanSettings]: readonly [rule: string, isRight: (value: unknown) => boolean] } =
  {
    graceDays: [`a whole number from 0 to ${MOST_GRACE_DAYS}`, (value) => isWhole(value, 0, MOST_GRACE_DAYS)],
    afterRefund: ['"keep" or "revoke"', (value) => value === 'keep' || value === 'revoke'],
    afterDispute: ['"keep" or "revoke"', (value) => value === 'keep' || value === 'revoke'],
    accessWhilePaymentsPaused: ['true or false', (value) => typeof value === 'boolean'],
    trialOncePerOwner: ['true or false', (value) => typeof value === 'boolean'],
    secondSubscription: ['"report" or "cancel"', (value) => value === 'report' || value === 'cancel'],
  };

const settingFaults = (settings: Partial<PlanSettings>): string[] =>
  Object.entries(settings).flatMap(([name, value]) => {
    const known = Object.entries(SETTINGS).find(([setting]) => setting === name);
    if (!known)
      return [`plan.settings.${name}: there is no such setting; there are ${Object.keys(SETTINGS).join(', ')}.`];
    const [, [rule, isRight]] = known;
    return isRight(value) ? [] : [`plan.settings.${name}: ${rule}, not ${shown(value)}.`];
  });

/** What does not go together with the plans of the same group before this one. */
export function groupFaults({ plan }: CatalogItem, before: readonly CatalogItem[]): string[] {
  const { group = 'main', settings: { secondSubscription: second = 'report' } = {} } = plan ?? {};
  const others = before.filter((other) => other.plan && (other.plan.group ?? 'main') === group);
  const faults: string[] = [];
  if (others.some((other) => (other.plan?.settings?.secondSubscription ?? 'report') !== second))
    faults.push(
      `plan.settings.secondSubscription: the plans of a group ("${group}") need the same, since it is for the group.`,
    );
  return faults;
}
