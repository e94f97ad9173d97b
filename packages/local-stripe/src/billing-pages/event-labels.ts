import { shownDate } from '../checkout/mode-labels.js';
import type { Tone } from '../http/components.js';
import { formatAmount } from '../model/money.js';
import type { Charge, Dispute, Event, EventType, Invoice, Subscription } from '../model/wire.js';
import { priceText } from '../portal/subscriptions.js';
import { changesOf } from './update-labels.js';

/** An event of billing in words. */
export interface EventWords {
  title: string;
  tone: Tone;
  text?: string;
}

type Words = (event: Event) => EventWords;

const subscription =
  (words: (it: Subscription) => EventWords): Words =>
  ({ data }) =>
    words(data.object as Subscription);

const invoice =
  (words: (it: Invoice, money: (amount: number) => string) => EventWords): Words =>
  ({ data }) => {
    const it = data.object as Invoice;
    return words(it, (amount) => formatAmount(amount, it.currency));
  };

const REASONS: Record<string, string> = {
  cancellation_requested: 'as it was asked for',
  payment_disputed: 'since a payment was disputed',
  payment_failed: 'since no payment succeeded',
};

const WORDS: Partial<Record<EventType, Words>> = {
  'customer.subscription.created': subscription((it) =>
    it.trial_end !== null && it.status === 'trialing'
      ? { title: `Trial began, until ${shownDate(it.trial_end)}`, tone: 'info', text: `Then ${priceText(it)}` }
      : { title: `Subscribed: ${priceText(it)}`, tone: 'good', text: it.status === 'incomplete' ? 'Incomplete' : '' },
  ),
  'customer.subscription.updated': (event) => {
    const [title = 'Updated', ...more] = changesOf(event);
    const bad = /^(Past due|Unpaid|Expired)/.test(title);
    const good = /^(Active|Renewed|The trial ended)/.test(title);
    return { title, tone: bad ? 'bad' : good ? 'good' : 'plain', text: more.join(' · ') };
  },
  'customer.subscription.deleted': subscription(({ cancellation_details: details }) => ({
    title: 'The subscription ended',
    tone: 'bad',
    text: [
      REASONS[String(details?.reason)] ?? '',
      details?.feedback?.replaceAll('_', ' ') ?? '',
      details?.comment ?? '',
    ]
      .filter(Boolean)
      .join(' · '),
  })),
  'customer.subscription.trial_will_end': subscription(({ trial_end: end }) => ({
    title: 'The trial will end soon',
    tone: 'waiting',
    text: end === null ? '' : `On ${shownDate(end)}`,
  })),
  'customer.subscription.paused': subscription(() => ({ title: 'Paused', tone: 'waiting' })),
  'customer.subscription.resumed': subscription(() => ({ title: 'Resumed', tone: 'good' })),
  'customer.subscription.pending_update_applied': subscription(() => ({
    title: 'The pending update was paid and counts',
    tone: 'good',
  })),
  'customer.subscription.pending_update_expired': subscription(() => ({
    title: 'The pending update was dropped',
    tone: 'bad',
  })),
  'subscription_schedule.created': () => ({ title: 'A schedule was made', tone: 'plain' }),
  'subscription_schedule.released': () => ({ title: 'The schedule let the subscription go', tone: 'plain' }),
  'subscription_schedule.completed': () => ({ title: 'The schedule ended', tone: 'plain' }),
  'invoice.upcoming': invoice((it, money) => ({
    title: `Renewal announced: ${money(it.amount_due)}`,
    tone: 'waiting',
    text: typeof it.next_payment_attempt === 'number' ? `On ${shownDate(it.next_payment_attempt)}` : '',
  })),
  'invoice.created': invoice((it, money) => ({
    title: `Invoice drafted: ${money(it.total)}`,
    tone: 'plain',
    text: BECAUSE[String(it.billing_reason)] ?? '',
  })),
  'invoice.finalized': invoice((it, money) => ({
    title: `Invoice ${it.number ?? ''} finalized: ${money(it.amount_due)}`,
    tone: 'plain',
  })),
  'invoice.sent': invoice((it, money) => ({
    title: `Invoice ${it.number ?? ''} sent: ${money(it.amount_due)}`,
    tone: 'plain',
    text: it.due_date === null ? '' : `Due on ${shownDate(it.due_date)}`,
  })),
  'invoice.paid': invoice((it, money) => ({
    title: it.amount_due === 0 ? 'Nothing was due' : `Paid: ${money(it.amount_due)}`,
    tone: 'good',
    text: it.amount_due === 0 && it.total > 0 ? `${money(it.total)} was taken from the balance` : '',
  })),
  'invoice.payment_failed': invoice((it, money) => ({
    title: `Payment failed: ${money(it.amount_remaining)}`,
    tone: 'bad',
    text: it.next_payment_attempt === null ? '' : `Tried again on ${shownDate(it.next_payment_attempt)}`,
  })),
  'invoice.payment_action_required': invoice((it, money) => ({
    title: `The customer must authenticate ${money(it.amount_remaining)}`,
    tone: 'waiting',
  })),
  'invoice.overdue': invoice((it, money) => ({ title: `Overdue: ${money(it.amount_remaining)}`, tone: 'bad' })),
  'invoice.voided': invoice((it, money) => ({ title: `Invoice voided: ${money(it.total)}`, tone: 'plain' })),
  'invoice.marked_uncollectible': invoice((it, money) => ({
    title: `Marked uncollectible: ${money(it.amount_remaining)}`,
    tone: 'bad',
  })),
  'charge.refunded': ({ data }) => {
    const { amount_refunded: amount, currency } = data.object as Charge;
    return { title: `Refunded: ${formatAmount(amount, currency)}`, tone: 'plain' };
  },
  'charge.dispute.created': ({ data }) => {
    const { amount, currency, reason } = data.object as Dispute;
    return { title: `Disputed: ${formatAmount(amount, currency)}`, tone: 'bad', text: reason.replaceAll('_', ' ') };
  },
  'charge.dispute.closed': ({ data }) => {
    const { status } = data.object as Dispute;
    return { title: `The dispute was ${status.replaceAll('_', ' ')}`, tone: status === 'won' ? 'good' : 'bad' };
  },
};

const BECAUSE: Record<string, string> = {
  subscription_create: 'For the beginning of the subscription',
  subscription_cycle: 'For the new period',
  subscription_update: 'For a change of the subscription',
  manual: 'Made by hand',
};

/** The types that timelines of billing show; others repeat what these say. */
export const SHOWN_TYPES = Object.keys(WORDS) as EventType[];

export const wordsFor = (event: Event): EventWords =>
  WORDS[event.type]?.(event) ?? { title: event.type, tone: 'plain' };
