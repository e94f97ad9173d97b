import { newSchedule } from '../api/new-schedule.js';
import type { ScheduleCreation, PhaseParams } from '../api/schedule-params.js';
import { phasesFor } from '../api/schedule-phases.js';
import { amountOf } from '../billing/engine/amounts.js';
import { approximateSeconds } from '../billing/engine/calendar.js';
import { recurrenceOf } from '../billing/engine/periods.js';
import { saveSchedule } from '../billing/schedule-store.js';
import type { Loaded } from '../billing/subscription-store.js';
import type { Price } from '../model/wire.js';
import type { Visit } from './reply.js';
import { billingOfVisit } from './subscriptions.js';

interface Choice {
  price: Price;
  quantity: number;
}

/**
 * Whether the configuration lets a change begin at the end of the period only: one that costs less, or has a shorter
 * interval (SUBSCRIPTIONS.md 1, "Portal": `schedule_at_period_end.conditions`).
 */
export function waitsForPeriodEnd({ portal }: Visit, { subscription }: Loaded, { price, quantity }: Choice): boolean {
  const [item] = subscription.items.data;
  if (!item || subscription.status !== 'active') return false;
  const [before, after] = [item.price, price].map((each) => approximateSeconds(recurrenceOf(each)));
  return portal.configuration.features.subscription_update.schedule_at_period_end.conditions.some(({ type }) =>
    type === 'shortening_interval'
      ? (after ?? 0) < (before ?? 0)
      : amountOf(price, quantity) < amountOf(item.price, item.quantity ?? 1),
  );
}

/** Sets up the change for the end of the period: a schedule with both phases, which then lets the subscription go. */
export async function changeAtPeriodEnd(visit: Visit, { subscription }: Loaded, choice: Choice): Promise<void> {
  const { tx, origin } = visit;
  const billing = await billingOfVisit(visit, subscription);
  const params = { from_subscription: subscription.id } as ScheduleCreation;
  const schedule = await newSchedule(tx, params, origin);
  const asked = {
    items: [{ price: choice.price.id, quantity: choice.quantity }],
    iterations: 1,
    proration_behavior: 'none',
  } as PhaseParams;
  const start = schedule.phases.at(-1)?.end_date ?? billing.now;
  const next = await phasesFor(tx, [asked], { now: billing.now, start });
  await saveSchedule(billing, { ...schedule, phases: [...schedule.phases, ...next] }, schedule);
}
