import type { Tone } from './components.js';

/** Colours of a subscription's statuses; others are `plain`. */
export const SUBSCRIPTION_TONES: Readonly<Record<string, Tone>> = {
  active: 'good',
  trialing: 'info',
  past_due: 'bad',
  unpaid: 'bad',
  incomplete: 'waiting',
  paused: 'waiting',
};

/** Colours of an invoice's statuses; others are `plain`. */
export const INVOICE_TONES: Readonly<Record<string, Tone>> = { paid: 'good', open: 'waiting', uncollectible: 'bad' };

/** What an invoice is called: a draft has no number. */
export const invoiceLabel = ({ number }: { number: string | null }): string => `Invoice ${number ?? ''}`.trim();
