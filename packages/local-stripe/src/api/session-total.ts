import { invalidRequest } from '../manners/refusals.js';
import { formatAmount } from '../money/format.js';
import type { LineItem } from '../wire.js';

/** The most that Stripe takes in one payment: eight digits. */
const LARGEST_AMOUNT = 99_999_999;

/** What the line items come to, in their one currency. */
export function totalOf(items: LineItem[]): { amount: number; currency: string } {
  const currency = items[0]?.currency ?? 'usd';
  const stranger = items.find((item) => item.currency !== currency);
  if (stranger) {
    const message = `You cannot combine currencies on a single Checkout Session: ${currency} and ${stranger.currency}.`;
    throw invalidRequest(message, 'line_items');
  }
  const amount = items.reduce((sum, item) => sum + item.amount_total, 0);
  const shown = formatAmount(amount, currency);
  if (amount < 1) {
    throw invalidRequest(`The total amount due (${shown}) is too small to be paid.`, 'line_items', 'amount_too_small');
  }
  if (amount > LARGEST_AMOUNT) {
    throw invalidRequest(`The total amount due (${shown}) is too large to be paid.`, 'line_items', 'amount_too_large');
  }
  return { amount, currency };
}
