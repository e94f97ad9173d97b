import type { Debit } from '../model/notes.js';
import type { Invoice } from '../model/wire.js';

/**
 * What the lines of an invoice debited for which time, their discounts taken off: flexible billing gives it back when an
 * item changes. Prorations are noted when they are made, not here.
 */
export function debitsOf(invoice: Invoice): Debit[] {
  return invoice.lines.data.flatMap((line): Debit[] => {
    const details = line.parent?.subscription_item_details;
    if (!details || details.proration || line.amount <= 0) return [];
    const discount = line.discount_amounts.reduce((sum, { amount }) => sum + amount, 0);
    const { start, end } = line.period;
    return [
      {
        item: details.subscription_item,
        amount: line.amount - discount,
        start,
        end,
        invoice: invoice.id,
        line: line.id,
      },
    ];
  });
}
