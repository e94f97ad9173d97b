import type { SubscriptionSchedule } from '../../model/wire.js';
import { DAY_S } from './calendar.js';

export interface ScheduleDue {
  /** Unix seconds. */
  at: number;
  step: 'start' | 'warn' | 'next_phase' | 'finish';
}

/** `subscription_schedule.expiring` comes a week before the end (SDK: event types). */
const WARNING_S = 7 * DAY_S;

type Phase = SubscriptionSchedule['phases'][number];
type Scheduled = Pick<SubscriptionSchedule, 'status' | 'phases' | 'current_phase'>;

/** What happens next to a schedule; undefined where it is over. `warnedFor`: the end that was warned of. */
export function nextScheduleStep(
  { status, phases, current_phase: current }: Scheduled,
  warnedFor?: number,
): ScheduleDue | undefined {
  const [first] = phases;
  if (status === 'not_started' && first) return { at: first.start_date, step: 'start' };
  if (status !== 'active' || !current) return undefined;
  const end = phases.at(-1)?.end_date ?? current.end_date;
  if (current.end_date < end) {
    const warns = warnedFor !== end && end - WARNING_S < current.end_date;
    return warns ? { at: end - WARNING_S, step: 'warn' } : { at: current.end_date, step: 'next_phase' };
  }
  if (warnedFor !== end) return { at: Math.max(end - WARNING_S, current.start_date), step: 'warn' };
  return { at: end, step: 'finish' };
}

/** The phase that begins at, or contains, a moment. */
export const phaseAt = ({ phases }: Pick<SubscriptionSchedule, 'phases'>, at: number): Phase | undefined =>
  phases.find(({ start_date: start, end_date: end }) => start <= at && at < end);
