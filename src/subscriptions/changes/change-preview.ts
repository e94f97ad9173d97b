import { entriesOf, idOf, wholeOf } from '../../stripe/stripe-fields.js';
import type { Invoice, ItemChange } from '../../stripe/stripe.types.js';

/** A line of an invoice that was previewed. */
export interface ChargeLine {
  /** `unused`: time that was paid for and is given back; `used`: time that is paid for; `other`: anything else, such as a fee. */
  kind: 'unused' | 'used' | 'other';
  /** Stripe's words. */
  description: string;
  /** Minor units; below 0 for what is given back. */
  amount: number;
  priceId: string | null;
  quantity: number;
  /** Unix seconds: the end of the time that it is about. */
  end: number;
}

/** What an invoice charges. Amounts in minor units of `currency`. */
export interface Charge {
  currency: string;
  lines: ChargeLine[];
  /** From 0. */
  discount: number;
  /** On top of the lines; what is inside of them is not named. */
  tax: number;
  /** Below 0 where more is given back than is charged: it becomes a credit. */
  total: number;
  /** What is paid now: the total with the customer's credit or debt, from 0. */
  due: number;
}

/** A change that was previewed, as its row keeps it. */
export interface ChangeDetails {
  item: ItemChange;
  planKey: string;
  /** What it was before. */
  from: { planKey: string | null; priceId: string; quantity: number; unitAmount: number | null };
  unitAmount: number;
  currency: string;
  /** What is charged with the change; null in a trial. */
  charge: Charge | null;
  next: {
    /** Of a whole period, with discounts and taxes and without credit, minor units. */
    total: number;
    /** Unix seconds. */
    at: number;
  };
}

type Line = Invoice['lines']['data'][number];

export function chargeOf(invoice: Invoice): Charge {
  const lines = entriesOf(invoice.lines).map(lineOf);
  const sum = lines.reduce((total, { amount }) => total + amount, 0);
  const discount = (invoice.total_discount_amounts ?? []).reduce((total, { amount }) => total + amount, 0);
  const { currency, total, amount_due: due } = invoice;
  return { currency, lines, discount, tax: total - sum + discount, total, due };
}

function lineOf(line: Line): ChargeLine {
  const details = line.parent?.subscription_item_details;
  const isProration = (details ?? line.parent?.invoice_item_details)?.proration === true;
  const priceId = idOf(line.pricing?.price_details?.price) ?? null;
  const kind = isProration && line.amount < 0 ? 'unused' : details ? 'used' : 'other';
  return {
    kind,
    description: line.description ?? '',
    amount: line.amount,
    priceId,
    quantity: wholeOf(line.quantity) ?? 1,
    end: line.period.end,
  };
}

/** Whether two previews charge the same: the same amounts in the same order, and the same that is due. */
export const isSameCharge = (a: Charge | null, b: Charge | null): boolean => amountsOf(a) === amountsOf(b);

const amountsOf = (charge: Charge | null): string =>
  JSON.stringify(charge && [charge.currency, charge.lines.map(({ amount }) => amount), charge.total, charge.due]);
