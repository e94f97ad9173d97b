import type { Texts } from '../../http/texts/texts.js';
import type { PaymentStatus } from '../state/payment-facts.js';
import type { PaymentSummary } from './payment.summary.js';
import { paymentView, refundFormView } from './payment.view.js';

/** The payments that a customer may ask for, by the statuses that each filter shows. */
const FILTERS = {
  open: ['pending', 'processing', 'authorized'],
  paid: ['paid', 'partially_refunded'],
  refunded: ['partially_refunded', 'refunded'],
  disputed: ['disputed'],
  unpaid: ['failed', 'expired'],
} as const satisfies Record<string, readonly PaymentStatus[]>;

export type AccountFilter = keyof typeof FILTERS;

/** The names of the filters, as addresses carry them. */
export const FILTER_NAMES = Object.keys(FILTERS) as AccountFilter[];

/** All statuses where no filter is given: `undefined`. */
export const statusesOf = (filter: AccountFilter | undefined): readonly PaymentStatus[] | undefined =>
  filter && FILTERS[filter];

/** The links above the payments; the one of this page is current. */
export const filterLinks = (chosen: AccountFilter | undefined, { t }: Texts) =>
  [undefined, ...FILTER_NAMES].map((filter) => ({
    name: filter,
    text: t(`account.filter.${filter ?? 'all'}`),
    current: filter === chosen,
  }));

/** The payments of a page by the month of their beginning, in their order. */
export function byMonth(payments: readonly PaymentSummary[], texts: Texts, signs: string) {
  const months = new Map<string, { key: string; text: string; payments: object[] }>();
  for (const payment of payments) {
    const key = `month-${payment.createdAt.toISOString().slice(0, 7)}`;
    const month = months.get(key) ?? { key, text: texts.month(payment.createdAt), payments: [] };
    const form = payment.refundable > 0 && refundFormView(payment, texts, signs);
    month.payments.push({ ...paymentView(payment, texts), ...form });
    months.set(key, month);
  }
  return [...months.values()];
}
