import { INVOICE_TONES, SUBSCRIPTION_TONES } from '../http/billing-labels.js';
import type { Pill } from '../http/components.js';
import type { Invoice, Subscription } from '../model/wire.js';

/** The status of a subscription. One whose end is set says so too. */
export function subscriptionPills(subscription: Subscription): Pill[] {
  const { status, pause_collection: pause, pending_update: pending } = subscription;
  const over = isOver(subscription);
  return [
    { tone: SUBSCRIPTION_TONES[status] ?? 'plain', text: status.replaceAll('_', ' ') },
    ...(!over && willEnd(subscription) ? [{ tone: 'waiting' as const, text: 'ends' }] : []),
    ...(!over && pause ? [{ tone: 'waiting' as const, text: 'collection paused' }] : []),
    ...(pending ? [{ tone: 'waiting' as const, text: 'update pending' }] : []),
  ];
}

export const isOver = ({ status }: Pick<Subscription, 'status'>): boolean =>
  status === 'canceled' || status === 'incomplete_expired';

export const willEnd = (subscription: Pick<Subscription, 'cancel_at' | 'cancel_at_period_end'>): boolean =>
  subscription.cancel_at !== null || subscription.cancel_at_period_end;

/** The status of an invoice; of an open one whose payment failed too. */
export function invoicePills({ status, attempt_count: attempts, collection_method: method }: Invoice): Pill[] {
  const failed = status === 'open' && attempts > 0 && method === 'charge_automatically';
  return [
    { tone: INVOICE_TONES[String(status)] ?? 'plain', text: String(status) },
    ...(failed ? [{ tone: 'bad' as const, text: `failed × ${attempts}` }] : []),
  ];
}
