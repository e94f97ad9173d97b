/** Calendar of subscriptions, in Unix seconds and UTC (SUBSCRIPTIONS.md 3, "Anchor"; Stripe's page "Billing cycle"). */

export interface Recurrence {
  interval: string;
  interval_count: number;
}

export interface Period {
  start: number;
  end: number;
}

/** Where the periods of a subscription begin; `day` of the month where it differs from the day of `at`: 31 is the last. */
export interface Anchor {
  at: number;
  day?: number;
}

export const DAY_S = 86_400;
export const HOUR_S = 3_600;

const MONTHS: Record<string, number> = { month: 1, year: 12 };
const DAYS: Record<string, number> = { day: 1, week: 7 };

/**
 * The moment `count` intervals after the anchor, or before it where `count` is negative. Always computed from the anchor:
 * a month without the anchor's day uses its last day, and the day comes back in the next (31 Jan, 28 Feb, 31 Mar).
 */
export function momentAfter({ at, day }: Anchor, { interval, interval_count }: Recurrence, count: number): number {
  const days = DAYS[interval];
  if (days !== undefined) return at + count * interval_count * days * DAY_S;
  const start = new Date(at * 1000);
  const months = start.getUTCFullYear() * 12 + start.getUTCMonth() + count * interval_count * (MONTHS[interval] ?? 1);
  const [year, month] = [Math.floor(months / 12), ((months % 12) + 12) % 12];
  const last = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  const midnight = Date.UTC(year, month, Math.min(day ?? start.getUTCDate(), last)) / 1000;
  return midnight + (at - Math.floor(at / DAY_S) * DAY_S);
}

/** The period that `at` is in; its start belongs to it, its end does not. */
export function periodAt(anchor: Anchor, recurrence: Recurrence, at: number): Period {
  let count = Math.floor((at - anchor.at) / approximateSeconds(recurrence));
  while (momentAfter(anchor, recurrence, count) > at) count--;
  while (momentAfter(anchor, recurrence, count + 1) <= at) count++;
  return { start: momentAfter(anchor, recurrence, count), end: momentAfter(anchor, recurrence, count + 1) };
}

/** How long an interval is, roughly: for comparing intervals, never for dates. */
export const approximateSeconds = ({ interval, interval_count }: Recurrence): number =>
  interval_count * DAY_S * (DAYS[interval] ?? (MONTHS[interval] === 12 ? 365 : 30));
