import type { Fact } from '../http/components.js';
import type { EventType } from '../model/wire.js';

/** The events that Stripe mails something to the customer about, and what: as if each such setting of an account were on. */
export const KINDS = {
  'payment_intent.succeeded': 'Receipt',
  'charge.refunded': 'Refund',
  'invoice.sent': 'Invoice',
  'invoice.overdue': 'Overdue',
  'invoice.payment_failed': 'Payment failed',
  'invoice.payment_action_required': 'Confirm payment',
  'invoice.upcoming': 'Renewal',
  'customer.subscription.trial_will_end': 'Trial ends',
} as const satisfies Partial<Record<EventType, string>>;

export type MailedType = keyof typeof KINDS;

export const MAILED_TYPES = Object.keys(KINDS) as MailedType[];

export const isMailedType = (type: EventType): type is MailedType => type in KINDS;

/** What is written to a customer. */
export interface Letter {
  to: string;
  subject: string;
  heading: string;
  /** The amount that matters, formatted. */
  amount?: string | undefined;
  paragraphs: string[];
  facts?: Fact[];
  lines?: Array<{ description: string; period: string; quantity: number | null; amount: string }>;
  sums?: Array<{ label: string; amount: string }>;
  /** The first one is the one that matters. */
  links: Array<{ label: string; href: string }>;
  /** The customer whose portal the mail leads to. */
  portalOf?: string | undefined;
  /** When it is sent, in Unix seconds. Defaults to the time of its event. */
  sentAt?: number | undefined;
  /** Other pages of the dashboard about it. */
  about: Array<{ label: string; href: string }>;
}

/** A letter with the event that it is sent because of. */
export interface Mail extends Letter {
  /** That of the event. */
  id: string;
  kind: string;
  type: EventType;
  /** By the customer's clock, in ms. */
  sentMs: number;
}

export const FROM = 'Local Stripe';
