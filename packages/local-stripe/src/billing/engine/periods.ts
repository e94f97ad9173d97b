import type { Price, SubscriptionItem } from '../../model/wire.js';
import { momentAfter, periodAt, type Anchor, type Period, type Recurrence } from './calendar.js';

/** The recurrence of a recurring price. */
export const recurrenceOf = ({ recurring }: Pick<Price, 'recurring'>): Recurrence =>
  recurring ?? { interval: 'month', interval_count: 1 };

export interface BilledPeriod {
  period: Period;
  /** Seconds of the whole period, where the period is only a part of it. */
  whole?: number;
}

/**
 * The period of a price that begins at a moment: up to the next multiple from the anchor, or to the end of the
 * subscription where that is sooner.
 */
export function periodFrom(anchor: Anchor, recurrence: Recurrence, start: number, endsAt: number | null): BilledPeriod {
  const natural = periodAt(anchor, recurrence, start);
  const end = endsAt !== null && endsAt > start ? Math.min(natural.end, endsAt) : natural.end;
  const isWhole = start === natural.start && end === natural.end;
  return { period: { start, end }, ...(!isWhole && { whole: natural.end - natural.start }) };
}

/** An item in another period. */
export const inPeriod = (item: SubscriptionItem, { start, end }: Period): SubscriptionItem => ({
  ...item,
  current_period_start: start,
  current_period_end: end,
});

interface AnchorConfig {
  day_of_month: number;
  hour?: number | null | undefined;
  minute?: number | null | undefined;
  month?: number | null | undefined;
  second?: number | null | undefined;
}

/** The first moment after `now` that a `billing_cycle_anchor_config` describes; what it leaves out is as in `now`. */
export function anchorFrom(config: AnchorConfig, now: number): number {
  const at = new Date(now * 1000);
  const [hour, minute, second] = [
    config.hour ?? at.getUTCHours(),
    config.minute ?? at.getUTCMinutes(),
    config.second ?? at.getUTCSeconds(),
  ];
  const month = config.month === null || config.month === undefined ? at.getUTCMonth() : config.month - 1;
  const first = Date.UTC(at.getUTCFullYear(), month, 1, hour, minute, second) / 1000;
  const step = { interval: config.month ? 'year' : 'month', interval_count: 1 };
  for (let count = 0; ; count++) {
    const anchor = momentAfter({ at: first, day: config.day_of_month }, step, count);
    if (anchor > now) return anchor;
  }
}

/** The anchor of a subscription, with the day of the month that its configuration asks for. */
export const anchorOf = (subscription: {
  billing_cycle_anchor: number;
  billing_cycle_anchor_config: { day_of_month: number } | null;
}): Anchor => {
  const { billing_cycle_anchor: at, billing_cycle_anchor_config: config } = subscription;
  return { at, ...(config && { day: config.day_of_month }) };
};
