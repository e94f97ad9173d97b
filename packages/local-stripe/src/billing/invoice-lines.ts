import { newId } from '../model/ids.js';
import { formatAmount } from '../model/money.js';
import type { InvoiceItem, InvoiceLine, Price, Subscription, SubscriptionItem } from '../model/wire.js';
import { amountOf, share } from './engine/amounts.js';
import type { Period } from './engine/calendar.js';

/** A line for an item's period; `whole`: the seconds of its whole period, where the period is only a part of it. */
export function periodLine(
  subscription: Subscription,
  item: SubscriptionItem,
  period: Period,
  { productName, whole, free }: { productName: string; whole?: number; free?: boolean },
): InvoiceLine {
  const { price, quantity = 1 } = item;
  const full = amountOf(price, quantity);
  const amount = free ? 0 : whole === undefined ? full : share(full, period.end - period.start, whole);
  return {
    ...bareLine(amount, price.currency, period),
    description: free ? `Trial period for ${productName}` : `${quantity} × ${productName} (at ${shownPrice(price)})`,
    discounts: item.discounts,
    metadata: { ...subscription.metadata },
    parent: {
      invoice_item_details: null,
      subscription_item_details: {
        invoice_item: null,
        proration: false,
        proration_details: { credited_items: null },
        subscription: subscription.id,
        subscription_item: item.id,
      },
      type: 'subscription_item_details',
    },
    pricing: pricingOf(price),
    quantity,
    quantity_decimal: String(quantity),
    taxes: (item.tax_rates ?? []).map(({ id }) => emptyTax(id)),
  };
}

/** The line of an invoice item. A proration of a subscription keeps its item in `parent` (recorded: sub-001). */
export function invoiceItemLine(item: InvoiceItem): InvoiceLine {
  const details = item.parent?.subscription_details;
  const proration = { proration: item.proration, proration_details: { credited_items: creditedOf(item) } };
  return {
    ...bareLine(item.amount, item.currency, item.period),
    description: item.description,
    discountable: item.discountable,
    discounts: item.discounts,
    metadata: item.metadata ?? {},
    parent: details?.subscription_item
      ? {
          invoice_item_details: null,
          subscription_item_details: {
            ...proration,
            invoice_item: item.id,
            subscription: details.subscription,
            subscription_item: details.subscription_item,
          },
          type: 'subscription_item_details',
        }
      : {
          invoice_item_details: { ...proration, invoice_item: item.id, subscription: details?.subscription ?? null },
          subscription_item_details: null,
          type: 'invoice_item_details',
        },
    pricing: item.pricing,
    quantity: item.quantity,
    quantity_decimal: String(item.quantity),
    subscription: details?.subscription ?? null,
    taxes: (item.tax_rates ?? []).map(({ id }) => emptyTax(id)),
  };
}

const creditedOf = ({ proration_details: details }: InvoiceItem) => {
  return details?.credited_items?.invoice_line_item_details ?? null;
};

const bareLine = (amount: number, currency: string, period: Period): InvoiceLine => ({
  id: newId('invoiceLine'),
  object: 'line_item',
  amount,
  currency,
  description: null,
  discount_amounts: [],
  discountable: true,
  discounts: [],
  invoice: null,
  livemode: false,
  metadata: {},
  parent: null,
  period: { start: period.start, end: period.end },
  pretax_credit_amounts: [],
  pricing: null,
  quantity: null,
  quantity_decimal: null,
  subscription: null,
  subtotal: amount,
  taxes: [],
});

type Tax = NonNullable<InvoiceLine['taxes']>[number];

/** A tax before its amount is known: the totals of the invoice fill it in. */
export const emptyTax = (tax_rate: string): Tax => ({
  amount: 0,
  tax_behavior: 'exclusive',
  tax_rate_details: { tax_rate },
  taxability_reason: 'not_available',
  taxable_amount: 0,
  type: 'tax_rate_details',
});

export const pricingOf = (price: Price): InvoiceLine['pricing'] => ({
  price_details: { price: price.id, product: price.product },
  type: 'price_details',
  unit_amount_decimal: price.unit_amount_decimal,
});

/** `$10.00 / month`, or `every 3 months`. */
export function shownPrice({ unit_amount, currency, recurring, tiers_mode: tiers }: Price): string {
  const amount = tiers === null ? formatAmount(unit_amount ?? 0, currency) : `${tiers} tiers`;
  if (!recurring) return amount;
  const { interval, interval_count: count } = recurring;
  return count === 1 ? `${amount} / ${interval}` : `${amount} every ${count} ${interval}s`;
}
