import { formatAmount } from '../model/money.js';
import type { Session } from '../model/wire.js';
import { offersOf, type Problems, type Typed } from './form.js';
import type { Found } from './found-session.js';
import { intervalOf, takesCodes, wordsOf } from './mode-labels.js';
import { testCards, type FilledIn } from './test-card-choice.js';

export interface Shown {
  typed?: Typed;
  problems?: Problems;
  /** Why the last attempt failed. */
  alert?: string;
  /** A promotion code that does not count. */
  code?: { entered: string; problem: string };
  /** A test card that was chosen. */
  filled?: FilledIn | undefined;
}

/** The model of the payment page. */
export function payPage(
  { session, items, notes, email }: Found,
  { typed, problems = {}, alert, code, filled }: Shown = {},
) {
  const currency = session.currency ?? 'usd';
  const { card, bankDebit } = offersOf(session);
  return {
    ...wordsOf(session, items, notes),
    checkout: true,
    id: session.id,
    cancelUrl: session.cancel_url,
    total: formatAmount(session.amount_total ?? 0, currency),
    items: items.map((item) => ({
      name: item.description,
      quantity: item.quantity,
      several: (item.quantity ?? 1) > 1,
      unitPrice: formatAmount(item.price?.unit_amount ?? 0, currency),
      per: item.price?.recurring ? intervalOf(item.price) : undefined,
      amount: formatAmount(item.amount_total, currency),
    })),
    sums: sumsOf(session, currency),
    email: typed?.email ?? filled?.email ?? email ?? '',
    number: filled?.number,
    expiry: typed?.expiry ?? filled?.expiry ?? '',
    cvc: filled?.cvc,
    name: typed?.name ?? filled?.name ?? '',
    testCards: testCards(filled?.digits),
    promotion: takesCodes(session) && { ...code, applied: notes.discounts?.length ? true : undefined },
    offers: card || bankDebit,
    card,
    bankDebit,
    byCard: card && typed?.method !== 'bank_debit',
    fails: typed?.ending === 'fail',
    problems,
    alert,
    focus: filled ? { pay: true } : focusOn(problems, alert),
  };
}

/** The lines between the items and the total; none where the total is the items' sum. */
function sumsOf({ amount_subtotal: subtotal, total_details: details }: Session, currency: string) {
  const parts = [
    { label: 'Discount', amount: -(details?.amount_discount ?? 0) },
    { label: 'Shipping', amount: details?.amount_shipping ?? 0 },
    { label: 'Tax', amount: details?.amount_tax ?? 0 },
  ].filter(({ amount }) => amount !== 0);
  if (parts.length === 0) return [];
  return [{ label: 'Subtotal', amount: subtotal ?? 0 }, ...parts].map(({ label, amount }) => ({
    label,
    amount: formatAmount(amount, currency),
  }));
}

/** The field to focus after an error, so that it is scrolled into view without a script. */
function focusOn(problems: Problems, alert: string | undefined): Partial<Record<keyof Problems, true>> {
  const [first] = (['email', 'number', 'expiry', 'cvc'] as const).filter((field) => problems[field] !== undefined);
  if (first) return { [first]: true };
  return alert === undefined ? {} : { number: true };
}
