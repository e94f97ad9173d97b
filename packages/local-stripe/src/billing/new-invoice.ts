import { newId } from '../model/ids.js';
import type { Customer, Invoice, InvoiceLine, Subscription, TaxRate } from '../model/wire.js';
import type { Period } from './engine/calendar.js';

export interface InvoiceData {
  customer: Customer;
  subscription?: Subscription;
  billingReason: Invoice['billing_reason'];
  currency: string;
  now: number;
  /** When the items were collected: for a renewal the period that has ended. */
  period: Period;
  lines: InvoiceLine[];
  autoAdvance: boolean;
  /** Null where it is finalized at once, or by a call. */
  finalizesAt: number | null;
  fields?: Partial<Invoice>;
}

/** A draft, without its totals. */
export function newInvoice(data: InvoiceData): Invoice {
  const { customer, subscription, currency, now, period } = data;
  const id = newId('invoice');
  const daysUntilDue = subscription?.collection_method === 'send_invoice' ? (subscription.days_until_due ?? 30) : null;
  return {
    id,
    object: 'invoice',
    account_country: 'US',
    account_name: 'Local Stripe',
    account_tax_ids: null,
    amount_due: 0,
    amount_overpaid: 0,
    amount_paid: 0,
    amount_paid_off_stripe: 0,
    amount_remaining: 0,
    amount_shipping: 0,
    application: null,
    attempt_count: 0,
    attempted: false,
    auto_advance: data.autoAdvance,
    automatic_tax: { disabled_reason: null, enabled: false, liability: null, provider: null, status: null },
    automatically_finalizes_at: data.finalizesAt,
    billing_reason: data.billingReason,
    collection_method: subscription?.collection_method ?? 'charge_automatically',
    created: now,
    currency,
    custom_fields: null,
    customer: customer.id,
    customer_account: null,
    customer_address: customer.address ?? null,
    customer_email: customer.email,
    customer_name: customer.name ?? null,
    customer_phone: customer.phone ?? null,
    customer_shipping: customer.shipping,
    customer_tax_exempt: customer.tax_exempt ?? 'none',
    customer_tax_ids: [],
    default_payment_method: null,
    default_source: null,
    default_tax_rates: (subscription?.default_tax_rates ?? []) as TaxRate[],
    description: subscription?.description ?? null,
    discounts: discountsOf(customer, subscription),
    due_date: daysUntilDue === null ? null : now + daysUntilDue * 86_400,
    effective_at: null,
    ending_balance: null,
    footer: null,
    from_invoice: null,
    hosted_invoice_url: null,
    invoice_pdf: null,
    issuer: { type: 'self' },
    last_finalization_error: null,
    latest_revision: null,
    lines: listOfLines(id, data.lines),
    livemode: false,
    metadata: {},
    next_payment_attempt: data.finalizesAt,
    number: null,
    on_behalf_of: null,
    parent: subscription
      ? {
          quote_details: null,
          subscription_details: { metadata: subscription.metadata, subscription: subscription.id },
          type: 'subscription_details',
        }
      : null,
    payment_settings: {
      default_mandate: null,
      payment_method_options: null,
      payment_method_types: subscription?.payment_settings?.payment_method_types ?? null,
    },
    period_end: period.end,
    period_start: period.start,
    post_payment_credit_notes_amount: 0,
    pre_payment_credit_notes_amount: 0,
    receipt_number: null,
    // Recorded: only invoices that are made by a call have it.
    rendering:
      data.billingReason === 'manual'
        ? { amount_tax_display: null, pdf: { page_size: 'auto' }, template: null, template_version: null }
        : null,
    shipping_cost: null,
    shipping_details: null,
    starting_balance: 0,
    statement_descriptor: null,
    status: 'draft',
    status_transitions: { finalized_at: null, marked_uncollectible_at: null, paid_at: null, voided_at: null },
    subtotal: 0,
    subtotal_excluding_tax: 0,
    test_clock: customer.test_clock as string | null,
    total: 0,
    total_discount_amounts: [],
    total_excluding_tax: 0,
    total_pretax_credit_amounts: [],
    total_taxes: [],
    webhooks_delivered_at: data.billingReason === 'manual' ? now : null,
    ...data.fields,
  };
}

/** The subscription's discounts; where it has none, the customer's. */
const discountsOf = ({ discount }: Customer, subscription: Subscription | undefined): string[] =>
  subscription && subscription.discounts.length > 0 ? subscription.discounts : discount ? [discount.id] : [];

export const listOfLines = (invoice: string, lines: InvoiceLine[]): Invoice['lines'] => ({
  object: 'list',
  data: lines.map((line) => ({ ...line, invoice })),
  has_more: false,
  total_count: lines.length,
  url: `/v1/invoices/${invoice}/lines`,
});
