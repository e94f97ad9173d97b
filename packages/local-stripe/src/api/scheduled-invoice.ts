import type { Billing } from '../billing/billing.js';
import { renewsAt } from '../billing/engine/due.js';
import { nextScheduleStep } from '../billing/engine/schedule-due.js';
import { nextInvoice } from '../billing/preview.js';
import { loadSubscription } from '../billing/subscription-store.js';
import { runWithClock } from '../model/clock.js';
import type { Invoice } from '../model/wire.js';
import { performStep } from './schedule-steps.js';

/**
 * The next invoice of a subscription. Phases of its schedule that begin until then are entered before, each at its time; where
 * one of them is charged at once, that is the next invoice. Undefined: nothing is invoiced any more. Call it inside of `tryOut`.
 */
export async function nextInvoiceAsScheduled(billing: Billing, id: string): Promise<Invoice | undefined> {
  const { tx } = billing;
  let latest: unknown;
  for (;;) {
    const loaded = await loadSubscription(billing, id);
    if (!loaded) return undefined;
    const { latest_invoice: made, schedule: scheduleId } = loaded.subscription;
    if (latest !== undefined && made !== latest) return unpaid(await tx.objects.get('invoice', String(made)));
    latest = made;
    const renewal = renewsAt(loaded.subscription);
    if (renewal === Infinity) return undefined;
    const schedule =
      scheduleId === null ? undefined : await tx.objects.find('subscription_schedule', String(scheduleId));
    // Warned of already, so that this finds no warnings.
    const next = schedule && nextScheduleStep(schedule, schedule.phases.at(-1)?.end_date);
    if (!next || next.at > renewal) return nextInvoice(billing, loaded);
    await at(billing, next.at, (then) => performStep(then, schedule, next));
  }
}

const unpaid = (invoice: Invoice): Invoice => ({
  ...invoice,
  amount_paid: 0,
  amount_remaining: invoice.amount_due,
  status: 'draft',
});

/** Does something at a later time: of the subscription's test clock, or else of the server's clock. */
async function at(billing: Billing, time: number, work: (then: Billing) => Promise<unknown>): Promise<void> {
  const { tx, testClock } = billing;
  const then: Billing = { ...billing, now: time };
  if (testClock === null) return void (await runWithClock({ aheadMs: 0, frozenAtMs: time * 1000 }, () => work(then)));
  const clock = await tx.objects.get('test_helpers.test_clock', testClock);
  await tx.objects.save({ ...clock, frozen_time: time });
  await work(then);
}
