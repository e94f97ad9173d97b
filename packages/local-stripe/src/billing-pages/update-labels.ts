import { shownDate } from '../checkout/mode-labels.js';
import type { Event, Subscription, SubscriptionItem } from '../model/wire.js';
import { planText } from '../portal/subscriptions.js';
import { willEnd } from './statuses.js';

/** What a `customer.subscription.updated` changed, the most important first: clauses such as `Plan changed to …`. */
export function changesOf({ data }: Event): string[] {
  const after = data.object as Subscription;
  const before = (data.previous_attributes ?? {}) as Partial<Subscription>;
  const has = (field: keyof Subscription): boolean => field in before;
  return [
    ...(before.status === undefined ? [] : [statusChange(before.status, after.status)]),
    ...(before.items ? itemChanges(before.items.data, after.items.data, before.status !== undefined) : []),
    ...(has('cancel_at') || has('cancel_at_period_end') ? [endChange(after)] : []),
    ...(has('trial_end') && before.status === undefined ? [trialChange(after)] : []),
    ...(has('pause_collection') ? [pauseChange(after)] : []),
    ...(has('pending_update') ? [after.pending_update ? 'An update waits for its payment' : 'No update waits'] : []),
    ...(has('schedule') ? [after.schedule === null ? 'Released from its schedule' : 'Goes by a schedule'] : []),
    ...(has('discounts') ? [after.discounts.length > 0 ? 'Discounts changed' : 'No discount any more'] : []),
    ...(has('default_payment_method') ? ['Payment method changed'] : []),
    ...(has('collection_method') ? [`Collected by ${after.collection_method.replaceAll('_', ' ')}`] : []),
    ...(has('metadata') ? ['Metadata changed'] : []),
  ];
}

const STATUSES: Partial<Record<Subscription['status'], string>> = {
  past_due: 'Past due: a payment failed',
  unpaid: 'Unpaid: the last attempt to collect failed',
  paused: 'Paused',
  incomplete_expired: 'Expired: the first invoice was not paid',
  trialing: 'The trial began',
};

function statusChange(before: Subscription['status'], after: Subscription['status']): string {
  if (after !== 'active') return STATUSES[after] ?? `Became ${after.replaceAll('_', ' ')}`;
  if (before === 'trialing') return 'The trial ended: active';
  return before === 'incomplete' ? 'Active: the first invoice is paid' : 'Active again';
}

/** `quiet`: leaves out that a new period began, which a change of status has said. */
function itemChanges(before: SubscriptionItem[], after: SubscriptionItem[], quiet: boolean): string[] {
  const changes: string[] = [];
  for (const item of after) {
    const was = before.find(({ id }) => id === item.id);
    if (!was) changes.push(`Added: ${planText(item.price)}`);
    else if (was.price.id !== item.price.id)
      changes.push(`Plan changed from ${planText(was.price)} to ${planText(item.price)}`);
    if (was && was.quantity !== item.quantity) changes.push(`Quantity ${was.quantity ?? 1} → ${item.quantity ?? 1}`);
  }
  for (const item of before) {
    if (!after.some(({ id }) => id === item.id)) changes.push(`Removed: ${planText(item.price)}`);
  }
  if (changes.length > 0) return changes;
  const renewed = after.find(
    (item) => (before.find(({ id }) => id === item.id)?.current_period_end ?? Infinity) < item.current_period_end,
  );
  if (renewed && !quiet) return [`Renewed until ${shownDate(renewed.current_period_end)}`];
  return renewed ? [`Period until ${shownDate(renewed.current_period_end)}`] : [];
}

function endChange(after: Subscription): string {
  if (!willEnd(after)) return 'The scheduled end was taken back';
  const end = after.cancel_at ?? Math.min(...after.items.data.map((item) => item.current_period_end));
  return `Set to end on ${shownDate(end)}`;
}

const trialChange = ({ trial_end: end }: Subscription): string =>
  end === null ? 'No trial any more' : `Trial until ${shownDate(end)}`;

function pauseChange({ pause_collection: pause }: Subscription): string {
  if (!pause) return 'Payments are collected again';
  const until = typeof pause.resumes_at === 'number' ? ` until ${shownDate(pause.resumes_at)}` : '';
  return `Collection paused${until}: invoices ${PAUSES[pause.behavior] ?? ''}`;
}

const PAUSES: Record<string, string> = {
  keep_as_draft: 'stay drafts',
  mark_uncollectible: 'become uncollectible',
  void: 'are voided',
};
