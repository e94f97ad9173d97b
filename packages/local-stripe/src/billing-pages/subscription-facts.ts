import type { Billing } from '../billing/billing.js';
import { methodNamed } from '../billing/collect.js';
import { periodOf } from '../billing/engine/due.js';
import { intervalOf, shownDate } from '../checkout/mode-labels.js';
import { factsOf, type Fact } from '../http/components.js';
import { formatAmount } from '../model/money.js';
import type { Coupon, Subscription } from '../model/wire.js';
import { methodName } from '../portal/payment-methods.js';
import { planText } from '../portal/subscriptions.js';
import type { Tx } from '../state/store.js';
import { customerFact } from './rows.js';
import { isOver, willEnd } from './statuses.js';

/** What a subscription is in a sentence or two. */
export function statusText(subscription: Subscription): string {
  const { status, trial_end: trialEnd, ended_at: endedAt } = subscription;
  const { end } = periodOf(subscription);
  switch (status) {
    case 'active':
      return `${endsText(subscription) ?? 'Active'}, paid or invoiced until ${shownDate(end)}.`;
    case 'trialing':
      return `In its trial until ${shownDate(trialEnd ?? end)}. ${endsText(subscription) ?? 'It is billed then'}.`;
    case 'past_due':
      return 'A payment failed or is overdue; it is tried again, or waits for the customer.';
    case 'unpaid':
      return 'All attempts to collect failed. Invoices stay drafts until one is paid.';
    case 'incomplete':
      return 'The first invoice is not paid: the customer has 23 hours.';
    case 'incomplete_expired':
      return 'The first invoice was not paid in time; it can only be made anew.';
    case 'paused':
      return 'Paused: it makes no invoices until it is resumed.';
    case 'canceled':
      return `Ended on ${shownDate(endedAt ?? end)}.`;
    default:
      return '';
  }
}

function endsText(subscription: Subscription): string | undefined {
  if (!willEnd(subscription)) return undefined;
  return `Set to end on ${shownDate(subscription.cancel_at ?? periodOf(subscription).end)}`;
}

/** The items, each with its amount per period. */
export async function itemsOf({ objects }: Tx, { items }: Subscription) {
  return Promise.all(
    items.data.map(async ({ price, quantity, current_period_start: start, current_period_end: end }) => ({
      name: (await objects.find('product', price.product))?.name ?? 'Plan',
      detail: `${planText(price)}${quantity !== undefined && quantity !== 1 ? ` × ${quantity}` : ''}`,
      period: `${shownDate(start)} – ${shownDate(end)}`,
      amount: `${formatAmount((price.unit_amount ?? 0) * (quantity ?? 1), price.currency)} ${intervalOf(price)}`,
    })),
  );
}

/** Everything else that is set: trial, scheduled end, discounts, pending update, schedule, and how it is paid. */
export async function subscriptionFacts(billing: Billing, subscription: Subscription): Promise<Fact[]> {
  const { tx } = billing;
  const customer = await tx.objects.find('customer', String(subscription.customer));
  const method = await methodNamed(billing, undefined, subscription, customer);
  const { trial_start: trialStart, trial_end: trialEnd } = subscription;
  const pause = subscription.pause_collection;
  return factsOf([
    { label: 'Subscription', code: subscription.id },
    await customerFact(tx, String(subscription.customer)),
    { label: 'Began', text: shownDate(subscription.start_date) },
    { label: 'Trial', text: trialEnd === null ? '' : `${shownDate(trialStart ?? trialEnd)} – ${shownDate(trialEnd)}` },
    { label: 'Scheduled end', text: isOver(subscription) ? '' : endText(subscription) },
    { label: 'Ended', text: subscription.ended_at === null ? '' : shownDate(subscription.ended_at) },
    { label: 'Discounts', text: (await discountTexts(tx, subscription.discounts)).join(', ') },
    { label: 'Pending update', text: pendingText(subscription) },
    { label: 'Schedule', text: await scheduleText(tx, subscription.schedule) },
    { label: 'Collection', text: pause ? `Paused: ${pause.behavior.replaceAll('_', ' ')}` : '' },
    { label: 'Pays', text: paysText(subscription, method && methodName(method)) },
    { label: 'Billing mode', text: subscription.billing_mode?.type ?? '' },
  ]);
}

const endText = (subscription: Subscription): string =>
  willEnd(subscription) ? shownDate(subscription.cancel_at ?? periodOf(subscription).end) : '';

function paysText(subscription: Subscription, method: string | undefined): string {
  if (subscription.collection_method === 'send_invoice')
    return `by invoice, within ${subscription.days_until_due} days`;
  return method ?? 'no payment method';
}

function pendingText({ pending_update: pending, currency }: Subscription): string {
  if (!pending) return '';
  const items = (pending.subscription_items ?? []).map(
    ({ price, quantity }) =>
      `${formatAmount((price.unit_amount ?? 0) * (quantity ?? 1), currency)} ${intervalOf(price)}`,
  );
  return [...items, `until ${shownDate(pending.expires_at)}`].join(', ');
}

async function scheduleText({ objects }: Tx, id: unknown): Promise<string> {
  const schedule = typeof id === 'string' ? await objects.find('subscription_schedule', id) : undefined;
  if (!schedule) return '';
  const index = schedule.phases.findIndex(({ start_date: start }) => start === schedule.current_phase?.start_date);
  return `${schedule.status.replaceAll('_', ' ')}, phase ${index + 1} of ${schedule.phases.length}, then ${schedule.end_behavior}`;
}

async function discountTexts({ objects }: Tx, ids: readonly string[]): Promise<string[]> {
  const texts: string[] = [];
  for (const id of ids) {
    const found = await objects.findNoted('discount', id);
    if (found) texts.push(couponText(found.notes.coupon, found.object.end));
  }
  return texts;
}

function couponText(
  { amount_off: amount, currency, duration, percent_off: percent }: Coupon,
  end: number | null,
): string {
  const off = percent === null ? formatAmount(amount ?? 0, currency ?? 'usd') : `${percent} %`;
  if (end !== null) return `${off} off until ${shownDate(end)}`;
  return `${off} off ${duration === 'once' ? 'once' : 'always'}`;
}
