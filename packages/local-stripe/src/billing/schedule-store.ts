import type { SubscriptionSchedule } from '../model/wire.js';
import type { Billing } from './billing.js';
import { nextScheduleStep } from './engine/schedule-due.js';
import { loadSubscription, saveSubscription } from './subscription-store.js';

/**
 * Saves a schedule and sets its timer. `before`: for `subscription_schedule.updated`. Where the time of its warning is now, it is
 * sent at once; where it is past already, there is none: a timer in the past would run before or after the next call.
 */
export async function saveSchedule(
  { tx, now }: Billing,
  schedule: SubscriptionSchedule,
  before?: SubscriptionSchedule,
): Promise<SubscriptionSchedule> {
  await tx.objects.save(schedule);
  const { warnedFor } = (await tx.objects.findNotes('subscription_schedule', schedule.id)) ?? {};
  let next = nextScheduleStep(schedule, warnedFor);
  if (before) await tx.events.record('subscription_schedule.updated', schedule, before);
  if (next?.step === 'warn' && next.at <= now) {
    const end = schedule.phases.at(-1)?.end_date ?? now;
    await tx.objects.note('subscription_schedule', schedule.id, { warnedFor: end });
    if (next.at === now) await tx.events.record('subscription_schedule.expiring', schedule);
    next = nextScheduleStep(schedule, end);
  }
  await tx.timers.setFor('schedule_due', schedule.id, next && next.at * 1000, String(schedule.test_clock ?? ''));
  return schedule;
}

/** Notes on the subscription which schedule it follows; null: none any more. */
export async function setSchedule(billing: Billing, subscription: string, schedule: string | null): Promise<void> {
  const loaded = await loadSubscription(billing, subscription);
  if (!loaded || loaded.subscription.schedule === schedule) return;
  const { subscription: before } = loaded;
  await saveSubscription(billing, { ...loaded, subscription: { ...before, schedule } }, before);
}

/** The schedule lets go of its subscription, which goes on as it is. */
export async function releaseSchedule(billing: Billing, before: SubscriptionSchedule): Promise<SubscriptionSchedule> {
  const subscription = before.subscription === null ? null : String(before.subscription);
  const released: SubscriptionSchedule = {
    ...before,
    current_phase: null,
    released_at: billing.now,
    released_subscription: subscription,
    status: 'released',
    subscription: null,
  };
  if (subscription !== null) await setSchedule(billing, subscription, null);
  await saveSchedule(billing, released);
  await billing.tx.events.record('subscription_schedule.released', released);
  return released;
}

type Ended = 'subscription_schedule.canceled' | 'subscription_schedule.aborted';

/** A schedule that is canceled; the caller saves it and records its event. */
export const canceledSchedule = ({ now }: Billing, before: SubscriptionSchedule): SubscriptionSchedule => ({
  ...before,
  canceled_at: now,
  current_phase: null,
  status: 'canceled',
});

/** The subscription has ended before its schedule: after the last failed payment this is `aborted`, else `canceled`. */
export async function stopSchedule(billing: Billing, id: string, event: Ended): Promise<void> {
  const schedule = await billing.tx.objects.find('subscription_schedule', id);
  if (schedule?.status !== 'active') return;
  const canceled = await saveSchedule(billing, canceledSchedule(billing, schedule));
  await billing.tx.events.record(event, canceled);
}
