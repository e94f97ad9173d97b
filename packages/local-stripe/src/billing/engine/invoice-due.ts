import type { Invoice } from '../../model/wire.js';
import { DAY_S } from './calendar.js';

export type InvoiceStep = 'finalize' | 'collect' | 'overdue';

/** What happens next to an invoice by itself, and when (Unix seconds); undefined: nothing. */
export function nextInvoiceStep(invoice: Invoice): { step: InvoiceStep; at: number } | undefined {
  const { status, auto_advance: advances, collection_method: method } = invoice;
  if (status === 'draft') {
    const at = invoice.automatically_finalizes_at;
    return advances && at !== null ? { step: 'finalize', at } : undefined;
  }
  if (status !== 'open') return undefined;
  if (method === 'send_invoice') {
    return invoice.due_date !== null && !invoice.attempted ? { step: 'overdue', at: invoice.due_date } : undefined;
  }
  const at = invoice.next_payment_attempt;
  return advances && at !== null ? { step: 'collect', at } : undefined;
}

/**
 * When the next attempt is made after `attempts` failed ones (SUBSCRIPTIONS.md 3, "Dunning", and case C4: the days are
 * counted from the failure before); null: that was the last.
 */
export function nextAttemptAt(attempts: number, now: number, retryDays: readonly number[]): number | null {
  const days = retryDays[attempts - 1];
  return days === undefined ? null : now + days * DAY_S;
}

/** Declines after which a card is not tried again until there is a new one; the attempts are counted all the same (D). */
const HARD_DECLINES = new Set([
  'incorrect_number',
  'lost_card',
  'pickup_card',
  'stolen_card',
  'revocation_of_authorization',
  'revocation_of_all_authorizations',
  'authentication_required',
  'highest_risk_level',
  'transaction_not_allowed',
]);

export const isHardDecline = (code: string): boolean => HARD_DECLINES.has(code);
