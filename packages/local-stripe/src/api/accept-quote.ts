import type { Billing } from '../billing/billing.js';
import { insertInvoice } from '../billing/invoice-store.js';
import { withTotals } from '../billing/invoice-totals.js';
import { newInvoice } from '../billing/new-invoice.js';
import { attachItems, linesOf } from '../billing/pending-items.js';
import type { Customer, Invoice, InvoiceItem, LineItem, Price, Quote } from '../model/wire.js';
import { itemOf } from './new-invoice-item.js';
import { newSchedule } from './new-schedule.js';
import { newSubscriptionOf } from './new-subscription.js';
import type { ScheduleCreation } from './schedule-params.js';
import type { Creation } from './subscription-params.js';

type Made = Partial<Pick<Quote, 'invoice' | 'subscription' | 'subscription_schedule'>>;

/**
 * Makes what a quote is about: a subscription where it has a recurring price, from a date on by a schedule; otherwise an
 * invoice. Invoices are drafts first. Throws ApiError 400.
 */
export async function accept(billing: Billing, quote: Quote, customer: Customer): Promise<Made> {
  const { lineItems } = await billing.tx.objects.notes('quote', quote.id);
  const { effective_date: start } = quote.subscription_data;
  if (!lineItems.some(recurs)) return { invoice: (await draftInvoice(billing, quote, customer, lineItems)).id };
  if (start !== null && start > billing.now) {
    const creation = scheduleOf(quote, customer, lineItems, start);
    return { subscription_schedule: (await newSchedule(billing.tx, creation, billing.origin)).id };
  }
  const creation = subscriptionOf(quote, customer, lineItems);
  const { id } = await newSubscriptionOf(billing.tx, creation, billing.origin, { draftsFirst: true });
  return { subscription: id };
}

const recurs = ({ price }: LineItem): boolean => (price?.recurring ?? null) !== null;

const itemsOf = (items: LineItem[]): object[] =>
  items.map(({ price, quantity }) => ({ price: price?.id, quantity: quantity ?? 1 }));

const discountsOf = ({ discounts }: Quote): object =>
  discounts.length > 0 ? { discounts: discounts.map((discount) => ({ discount: String(discount) })) } : {};

/** What a subscription and the phase of a schedule have in common. */
const termsOf = (quote: Quote, lineItems: LineItem[]): object => ({
  ...discountsOf(quote),
  add_invoice_items: itemsOf(lineItems.filter((item) => !recurs(item))),
  collection_method: quote.collection_method,
  items: itemsOf(lineItems.filter(recurs)),
  ...(quote.subscription_data.description !== null && { description: quote.subscription_data.description }),
  metadata: quote.subscription_data.metadata ?? {},
});

function subscriptionOf(quote: Quote, { id }: Customer, lineItems: LineItem[]): Creation {
  const { default_tax_rates: rates = [], invoice_settings: settings, subscription_data: data } = quote;
  return {
    ...termsOf(quote, lineItems),
    billing_mode: { type: data.billing_mode.type },
    customer: id,
    ...(rates.length > 0 && { default_tax_rates: rates.map(String) }),
    ...(settings.days_until_due !== null && { days_until_due: settings.days_until_due }),
    ...(data.trial_period_days !== null && { trial_period_days: data.trial_period_days }),
  } as unknown as Creation;
}

function scheduleOf(quote: Quote, { id }: Customer, lineItems: LineItem[], start: number): ScheduleCreation {
  const { invoice_settings: settings, subscription_data: data } = quote;
  return {
    billing_mode: { type: data.billing_mode.type },
    customer: id,
    default_settings: { invoice_settings: { days_until_due: settings.days_until_due ?? undefined } },
    end_behavior: 'release',
    phases: [termsOf(quote, lineItems)],
    start_date: start,
  } as unknown as ScheduleCreation;
}

async function draftInvoice(
  billing: Billing,
  quote: Quote,
  customer: Customer,
  lineItems: LineItem[],
): Promise<Invoice> {
  const { tx, now } = billing;
  const items: InvoiceItem[] = [];
  for (const { price, quantity } of lineItems) {
    const item = await itemOf(
      tx,
      { quantity: quantity ?? 1 } as Parameters<typeof itemOf>[1],
      customer,
      price as Price,
      now,
    );
    await tx.objects.insert(item);
    await tx.events.record('invoiceitem.created', item);
    items.push(item);
  }
  const days = quote.invoice_settings.days_until_due ?? 30;
  const bare = newInvoice({
    customer,
    billingReason: 'manual',
    currency: String(quote.currency),
    now,
    period: { start: now, end: now },
    lines: linesOf(items),
    autoAdvance: false,
    finalizesAt: null,
    fields: {
      collection_method: quote.collection_method,
      default_tax_rates: (quote.default_tax_rates ?? []) as Invoice['default_tax_rates'],
      discounts: quote.discounts.map(String),
      due_date: quote.collection_method === 'send_invoice' ? now + days * 86_400 : null,
      parent: { quote_details: { quote: quote.id }, subscription_details: null, type: 'quote_details' },
    },
  });
  const invoice = await withTotals(billing, bare, customer);
  await attachItems(billing, items, invoice);
  return insertInvoice(billing, invoice);
}
