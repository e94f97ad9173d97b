import { formatAmount } from '../model/money.js';
import type { LineItem, Session } from '../model/wire.js';
import { offersOf, type Problems, type Typed } from './form.js';

export interface Shown {
  typed?: Typed;
  problems?: Problems;
  /** Why the last attempt failed. */
  alert?: string;
}

/** The model of the payment page. */
export function payPage(session: Session, items: LineItem[], { typed, problems = {}, alert }: Shown = {}) {
  const currency = session.currency ?? 'usd';
  const { card, bankDebit } = offersOf(session);
  return {
    title: 'Pay',
    id: session.id,
    cancelUrl: session.cancel_url,
    total: formatAmount(session.amount_total ?? 0, currency),
    items: items.map((item) => ({
      name: item.description,
      quantity: item.quantity,
      several: (item.quantity ?? 1) > 1,
      unitPrice: formatAmount(item.price?.unit_amount ?? 0, currency),
      amount: formatAmount(item.amount_total, currency),
    })),
    email: typed?.email ?? session.customer_email ?? '',
    expiry: typed?.expiry ?? '',
    name: typed?.name ?? '',
    card,
    bankDebit,
    byCard: card && typed?.method !== 'bank_debit',
    fails: typed?.ending === 'fail',
    problems,
    alert,
    focus: focusOn(problems, alert),
  };
}

/** The field to focus after an error, so that it is scrolled into view without a script. */
function focusOn(problems: Problems, alert: string | undefined): Partial<Record<keyof Problems, true>> {
  const [first] = (['email', 'number', 'expiry', 'cvc'] as const).filter((field) => problems[field] !== undefined);
  if (first) return { [first]: true };
  return alert === undefined ? {} : { number: true };
}
