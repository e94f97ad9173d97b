import { billingFor, type Billing } from '../billing/billing.js';
import { cancelSubscription } from '../billing/cancel-subscription.js';
import { nextScheduleStep, phaseAt, type ScheduleDue } from '../billing/engine/schedule-due.js';
import { inOrder } from '../billing/event-order.js';
import { addOneTimeItem } from '../billing/one-time-item.js';
import { canceledSchedule, releaseSchedule, saveSchedule, setSchedule } from '../billing/schedule-store.js';
import { loadSubscription } from '../billing/subscription-store.js';
import type { SubscriptionSchedule } from '../model/wire.js';
import type { Tx } from '../state/store.js';
import { newSubscriptionOf } from './new-subscription.js';
import type { Phase } from './schedule-phases.js';
import type { Creation } from './subscription-params.js';
import type { Changes } from './subscription-changes.js';
import { updateOf } from './subscription-update.js';

const OVER = ['canceled', 'incomplete_expired'];

/** Does what is due for a schedule at `at` (Unix seconds), and sets its next timer. */
export async function scheduleDue(tx: Tx, id: string, at: number, origin: string): Promise<void> {
  const schedule = await tx.objects.find('subscription_schedule', id);
  if (!schedule) return tx.timers.setFor('schedule_due', id, undefined, '');
  const { warnedFor } = (await tx.objects.findNotes('subscription_schedule', id)) ?? {};
  const next = nextScheduleStep(schedule, warnedFor);
  const billing = { ...(await billingFor(tx, origin, schedule.test_clock as string | null)), now: at };
  if (!next || next.at > at) return void (await saveSchedule(billing, schedule));
  await inOrder(billing, 'asMade', () => performStep(billing, schedule, next));
}

/** Does what is due, at the time of `billing`. */
export async function performStep(
  billing: Billing,
  schedule: SubscriptionSchedule,
  { at, step }: ScheduleDue,
): Promise<unknown> {
  if (step === 'start') return startSchedule(billing, schedule);
  const id = String(schedule.subscription);
  const loaded = await loadSubscription(billing, id);
  // The subscription ended by itself, as after the last failed payment.
  if (!loaded || OVER.includes(loaded.subscription.status)) return abort(billing, schedule);
  switch (step) {
    case 'warn':
      return saveSchedule(billing, schedule);
    case 'next_phase': {
      const phase = phaseAt(schedule, at);
      if (!phase) throw new Error(`The schedule ${schedule.id} has no phase at ${at}`);
      await enterPhase(billing, id, schedule, phase);
      return saveSchedule(billing, withPhase(schedule, phase), schedule);
    }
    case 'finish':
      return finish(billing, schedule);
  }
}

/** The first phase begins: its subscription is made. */
export async function startSchedule(billing: Billing, before: SubscriptionSchedule): Promise<SubscriptionSchedule> {
  const [phase] = before.phases;
  if (!phase) throw new Error(`The schedule ${before.id} has no phases`);
  const { default_settings: settings } = before;
  await addItems(billing, phase, String(before.customer));
  const creation = {
    customer: String(before.customer),
    ...fieldsOf(phase, settings),
    items: phase.items.map((item) => itemOf(item)),
    billing_mode: { type: before.billing_mode.type },
    ...(phase.trial_end !== null && { trial_end: phase.trial_end }),
  } as unknown as Creation;
  const { tx, origin } = billing;
  const { id } = await newSubscriptionOf(tx, creation, origin, { draftsFirst: true });
  await setSchedule(billing, id, before.id);
  const started = withPhase({ ...before, status: 'active', subscription: id }, phase);
  return saveSchedule(billing, started, before);
}

/** The subscription gets the items of a phase. At the end of a period nothing is left to prorate. */
export async function enterPhase(
  billing: Billing,
  id: string,
  { default_settings: settings }: SubscriptionSchedule,
  phase: Phase,
  behavior: Phase['proration_behavior'] = phase.proration_behavior,
): Promise<void> {
  const { tx, origin, now } = billing;
  const loaded = await loadSubscription(billing, id);
  if (!loaded) return;
  const { items, customer } = loaded.subscription;
  await addItems(billing, phase, String(customer));
  const ended = items.data.every((item) => item.current_period_end <= now);
  const restarts = (phase.billing_cycle_anchor ?? settings.billing_cycle_anchor) === 'phase_start';
  const kept = new Map(phase.items.map((item, index) => [items.data[index]?.id, item]));
  const changes = {
    ...fieldsOf(phase, settings),
    items: [
      ...phase.items.map((item, index) => ({ ...itemOf(item), id: items.data[index]?.id })),
      ...items.data.filter((item) => !kept.has(item.id)).map((item) => ({ id: item.id, deleted: true })),
    ],
    proration_behavior: ended ? 'none' : behavior,
    ...(restarts && !ended && { billing_cycle_anchor: { type: 'now' } }),
    ...(phase.trial_end !== null && phase.trial_end > now && { trial_end: phase.trial_end }),
  } as unknown as Changes;
  await updateOf(tx, loaded, changes, origin);
}

const ratesOf = (rates: Phase['default_tax_rates']): string[] => (rates ?? []).map(({ id }) => id);

const fieldsOf = (phase: Phase, settings: SubscriptionSchedule['default_settings']): object => ({
  ...(phase.discounts.length > 0 && { discounts: phase.discounts.map((discount) => named(discount)) }),
  ...((phase.default_payment_method ?? settings.default_payment_method) !== null && {
    default_payment_method: phase.default_payment_method ?? settings.default_payment_method,
  }),
  ...(ratesOf(phase.default_tax_rates).length > 0 && { default_tax_rates: ratesOf(phase.default_tax_rates) }),
  ...((phase.collection_method ?? settings.collection_method) === 'send_invoice' && {
    collection_method: 'send_invoice',
    days_until_due: settings.invoice_settings.days_until_due ?? 30,
  }),
  ...(Object.keys(phase.metadata ?? {}).length > 0 && { metadata: phase.metadata }),
});

const named = (fields: object): object =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));

const itemOf = ({ discounts, price, quantity, tax_rates: rates }: Phase['items'][number]): object => ({
  price: String(price),
  quantity: quantity ?? 1,
  ...(discounts.length > 0 && { discounts: discounts.map((discount) => named(discount)) }),
  ...(ratesOf(rates).length > 0 && { tax_rates: ratesOf(rates) }),
});

async function addItems(billing: Billing, { add_invoice_items: added }: Phase, id: string): Promise<void> {
  const customer = await billing.tx.objects.get('customer', id);
  for (const { price, quantity } of added) {
    await addOneTimeItem(billing, customer, await billing.tx.objects.get('price', String(price)), quantity ?? 1);
  }
}

const withPhase = (schedule: SubscriptionSchedule, { start_date, end_date }: Phase): SubscriptionSchedule => ({
  ...schedule,
  current_phase: { end_date, start_date },
});

/** The last phase is over: the subscription goes on (`release`), or ends with it (`cancel`). */
async function finish(billing: Billing, before: SubscriptionSchedule): Promise<unknown> {
  if (before.end_behavior !== 'cancel') {
    // The fixture of the official CLI for `completed` is a schedule that lets its subscription go.
    const over: SubscriptionSchedule = { ...before, completed_at: billing.now };
    await billing.tx.events.record('subscription_schedule.completed', over);
    return releaseSchedule(billing, over);
  }
  const completed: SubscriptionSchedule = {
    ...before,
    completed_at: billing.now,
    current_phase: null,
    status: 'completed',
  };
  await saveSchedule(billing, completed);
  await endIts(billing, before, {});
  return billing.tx.events.record('subscription_schedule.completed', completed);
}

/** Ends the subscription of a schedule now, where there is one. */
async function endIts(
  billing: Billing,
  { subscription: id }: SubscriptionSchedule,
  { invoiceNow = false, prorate = false }: { invoiceNow?: boolean; prorate?: boolean },
): Promise<void> {
  const loaded = id === null ? undefined : await loadSubscription(billing, String(id));
  if (!loaded || OVER.includes(loaded.subscription.status)) return;
  await cancelSubscription(billing, loaded, { invoiceNow, prorate, details: {} });
}

/** `POST /v1/subscription_schedules/:id/cancel` */
export async function cancelSchedule(
  billing: Billing,
  before: SubscriptionSchedule,
  asked: { invoiceNow: boolean; prorate: boolean },
): Promise<SubscriptionSchedule> {
  const canceled = await saveSchedule(billing, canceledSchedule(billing, before));
  await endIts(billing, before, asked);
  await billing.tx.events.record('subscription_schedule.canceled', canceled);
  return canceled;
}

/** Its subscription has ended by itself before it. */
async function abort(billing: Billing, before: SubscriptionSchedule): Promise<SubscriptionSchedule> {
  const canceled = await saveSchedule(billing, canceledSchedule(billing, before));
  await billing.tx.events.record('subscription_schedule.aborted', canceled);
  return canceled;
}
