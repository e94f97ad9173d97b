import type { HeldEvent } from '../state/event-log.js';
import type { EventType } from '../model/wire.js';
import type { Billing } from './billing.js';

/** The order of the events of one change (SUBSCRIPTIONS.md 5). Types that are not named keep their place at the end. */
const ORDERS: Record<string, EventType[]> = {
  /** Logged from real accounts: the payment first, and `payment_intent.succeeded` before `.created`. */
  create: [
    'charge.failed',
    'charge.succeeded',
    'payment_method.attached',
    'customer.updated',
    'customer.subscription.created',
    'payment_intent.succeeded',
    'payment_intent.payment_failed',
    'payment_intent.requires_action',
    'payment_intent.created',
    'invoice.created',
    'invoice.finalized',
    'invoice.payment_action_required',
    'invoice.payment_failed',
    'invoice.paid',
    'invoice.payment_succeeded',
    'customer.subscription.trial_will_end',
    'invoice_payment.paid',
  ],
  /** The payment or the setup first; `customer.subscription.created` after the session's own event. */
  checkout: [
    'setup_intent.created',
    'charge.failed',
    'charge.succeeded',
    'payment_method.attached',
    'setup_intent.requires_action',
    'setup_intent.setup_failed',
    'setup_intent.succeeded',
    'customer.created',
    'customer.updated',
    'checkout.session.completed',
    'customer.subscription.created',
    'payment_intent.succeeded',
    'payment_intent.processing',
    'payment_intent.payment_failed',
    'payment_intent.requires_action',
    'payment_intent.created',
    'invoiceitem.created',
    'invoice.created',
    'invoice.finalized',
    'invoice.paid',
    'invoice.payment_succeeded',
    'customer.subscription.trial_will_end',
    'invoice_payment.paid',
  ],
  update: [
    'invoiceitem.created',
    'charge.failed',
    'charge.succeeded',
    'payment_method.attached',
    'payment_intent.created',
    'payment_intent.succeeded',
    'payment_intent.payment_failed',
    'payment_intent.requires_action',
    'customer.subscription.updated',
    'customer.subscription.trial_will_end',
    'invoice.created',
    'invoice.finalized',
    'invoice.payment_action_required',
    'invoice.payment_failed',
    'invoice.paid',
    'invoice.payment_succeeded',
    'customer.updated',
    'invoice_payment.paid',
  ],
  trialEnd: ['customer.subscription.updated', 'customer.subscription.paused', 'customer.subscription.deleted'],
  /** As the code makes them: renewals, retries, endings. */
  asMade: [],
};

/** A first invoice that waits to be paid: its Payment Intent is made when it is finalized. */
const CREATED_UNPAID: EventType[] = [
  ...(ORDERS['create'] ?? []).filter((type) => type !== 'payment_intent.created' && type !== 'invoice_payment.paid'),
  'payment_intent.created',
  'invoice_payment.paid',
];

/** The first change of an object is its creation: Stripe sends no `updated` then. */
const DROPPED: Record<string, EventType[]> = {
  create: ['customer.subscription.updated', 'invoice.updated'],
  checkout: ['customer.subscription.updated', 'invoice.updated'],
  update: ['invoice.updated'],
  trialEnd: [],
  asMade: [],
};

/** Runs a change of billing and records its events in Stripe's order, or shuffled where the settings say so. */
export function inOrder<T>(
  { tx, settings, now }: Billing,
  order: 'create' | 'checkout' | 'update' | 'trialEnd' | 'asMade',
  work: () => Promise<T>,
): Promise<T> {
  const dropped = DROPPED[order] ?? [];
  return tx.events.arranged((events) => {
    const kept = events.filter(({ type }) => !dropped.includes(type));
    if (settings.event_order === 'shuffled') return shuffled(kept, settings.seed + now);
    const tried = kept.some(({ type }) => type.startsWith('charge.') || type === 'payment_intent.requires_action');
    const types = order === 'create' && !tried ? CREATED_UNPAID : (ORDERS[order] ?? []);
    const rank = ({ type }: HeldEvent): number => (types.includes(type) ? types.indexOf(type) : types.length);
    return types.length === 0 ? chargesFirst(kept) : kept.toSorted((a, b) => rank(a) - rank(b));
  }, work);
}

/** The event of a charge that succeeded comes before that of its Payment Intent. */
function chargesFirst(events: readonly HeldEvent[]): HeldEvent[] {
  const arranged = [...events];
  for (let index = 1; index < arranged.length; index++) {
    const [paid, charged] = [arranged[index - 1], arranged[index]];
    if (paid?.type !== 'payment_intent.succeeded' || charged?.type !== 'charge.succeeded') continue;
    [arranged[index - 1], arranged[index]] = [charged, paid];
  }
  return arranged;
}

/** The same seed gives the same order. */
function shuffled<T>(values: readonly T[], seed: number): T[] {
  const random = randomFrom(seed);
  return values
    .map((value) => ({ value, key: random() }))
    .toSorted((a, b) => a.key - b.key)
    .map(({ value }) => value);
}

/** mulberry32: small, and good enough to shuffle. */
function randomFrom(seed: number): () => number {
  let state = seed % 2 ** 32;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
