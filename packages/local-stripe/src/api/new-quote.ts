import { billingFor, NO_ORIGIN, type Billing } from '../billing/billing.js';
import { amountOf } from '../billing/engine/amounts.js';
import { tryOut } from '../billing/preview.js';
import { noSuch } from '../conventions/errors.js';
import { changeMetadata } from '../conventions/params/index.js';
import { newId } from '../model/ids.js';
import type { Customer, Invoice, LineItem, Quote } from '../model/wire.js';
import { newCustomer } from '../payments/new-customer.js';
import type { Tx } from '../state/store.js';
import { accept } from './accept-quote.js';
import { discountsFor } from './discounts-for.js';
import { mustBeCustomer } from './intent-methods.js';
import { lineItems, sumOf } from './line-items.js';
import type { QuoteChanges } from './quote-params.js';
import { amountsOf } from './session-quote.js';
import { taxRatesFor } from './subscription-items-for.js';

/** How long a quote can be accepted. Defaults to 30 days (SDK). */
const VALID_S = 30 * 86_400;
/** A draft about nothing yet, by the clock that is named or the customer's. Throws ApiError 400. */
export async function bareQuote(tx: Tx, customerId: string | undefined, named: string | undefined): Promise<Quote> {
  await mustBeCustomer(tx, customerId);
  if (named !== undefined && !(await tx.objects.find('test_helpers.test_clock', named))) {
    throw noSuch('test clock', named, 'test_clock');
  }
  const customer = customerId === undefined ? undefined : await tx.objects.find('customer', customerId);
  const clock = named ?? ((customer?.test_clock ?? null) as string | null);
  const { now, settings } = await billingFor(tx, NO_ORIGIN, clock);
  const nothing = { amount_discount: 0, amount_shipping: 0, amount_tax: 0 };
  return {
    id: newId('quote'),
    object: 'quote',
    amount_subtotal: 0,
    amount_total: 0,
    application: null,
    application_fee_amount: null,
    application_fee_percent: null,
    automatic_tax: { enabled: false, liability: null, provider: null, status: null },
    collection_method: 'charge_automatically',
    computed: { recurring: null, upfront: { amount_subtotal: 0, amount_total: 0, total_details: nothing } },
    created: now,
    currency: null,
    customer: customerId ?? null,
    customer_account: null,
    default_tax_rates: [],
    description: null,
    discounts: [],
    expires_at: now + VALID_S,
    footer: null,
    from_quote: null,
    header: null,
    invoice: null,
    invoice_settings: {
      custom_fields: null,
      days_until_due: null,
      description: null,
      footer: null,
      issuer: { type: 'self' },
    },
    livemode: false,
    metadata: {},
    number: null,
    on_behalf_of: null,
    status: 'draft',
    status_transitions: { accepted_at: null, canceled_at: null, finalized_at: null },
    subscription: null,
    subscription_data: {
      billing_mode: { type: settings.billing_mode },
      description: null,
      effective_date: null,
      metadata: null,
      trial_period_days: null,
    },
    subscription_schedule: null,
    test_clock: clock,
    total_details: nothing,
    transfer_data: null,
  };
}

/** A draft with what a call sets, and what it costs then. Its line items are noted. Throws ApiError 400. */
export async function changedQuote(tx: Tx, before: Quote, params: QuoteChanges): Promise<Quote> {
  const { customer = before.customer, subscription_data: data, line_items: asked } = params;
  await mustBeCustomer(tx, params.customer);
  if (asked) {
    const wanted = asked.map((item) => ({ ...item, metadata: undefined, quantity: item.quantity ?? 1 }));
    await tx.objects.note('quote', before.id, { lineItems: await lineItems(tx, wanted as never, 'subscription') });
  }
  const { lineItems: items } = await tx.objects.notes('quote', before.id);
  const billing = await billingFor(tx, NO_ORIGIN, before.test_clock as string | null);
  const at = { customer: String(customer ?? ''), param: 'discounts', now: billing.now };
  const quote: Quote = {
    ...before,
    collection_method: params.collection_method ?? before.collection_method,
    currency: items.length > 0 ? sumOf(items).currency : before.currency,
    customer,
    ...(params.default_tax_rates !== undefined && {
      default_tax_rates: (await taxRatesFor(tx, params.default_tax_rates, 'default_tax_rates')).map(({ id }) => id),
    }),
    description: params.description === undefined ? before.description : params.description,
    discounts: params.discounts === undefined ? before.discounts : await discountsFor(tx, params.discounts, at),
    expires_at: params.expires_at ?? before.expires_at,
    footer: params.footer === undefined ? before.footer : params.footer,
    header: params.header === undefined ? before.header : params.header,
    invoice_settings: {
      ...before.invoice_settings,
      days_until_due: params.invoice_settings?.days_until_due ?? before.invoice_settings.days_until_due,
    },
    metadata: changeMetadata(before.metadata, params.metadata),
    subscription_data: {
      ...before.subscription_data,
      ...(data?.billing_mode && { billing_mode: { type: data.billing_mode.type } }),
      ...(data?.description !== undefined && { description: data.description }),
      ...(data?.effective_date !== undefined && { effective_date: data.effective_date }),
      ...(data?.metadata !== undefined && { metadata: changeMetadata({}, data.metadata) }),
      ...(data?.trial_period_days !== undefined && { trial_period_days: data.trial_period_days }),
    },
  };
  return items.length === 0 ? quote : { ...quote, ...(await costOf(billing, quote, items)) };
}

type Cost = Pick<Quote, 'amount_subtotal' | 'amount_total' | 'computed' | 'total_details'>;

/** What the first invoice will charge, computed by accepting the quote and taking that back. */
async function costOf(billing: Billing, quote: Quote, items: LineItem[]): Promise<Cost> {
  const invoice = await tryOut(billing, () => firstInvoice({ ...billing, draftsOnly: true }, quote));
  const { amount_subtotal, amount_total, total_details } = amountsOf(invoice, String(quote.currency));
  const total = {
    amount_subtotal: amount_subtotal ?? 0,
    amount_total: amount_total ?? 0,
    total_details: total_details ?? { amount_discount: 0, amount_shipping: 0, amount_tax: 0 },
  };
  return { ...total, computed: { recurring: recurringOf(items), upfront: total } };
}

async function firstInvoice(billing: Billing, quote: Quote): Promise<Invoice | undefined> {
  const { tx } = billing;
  const customer = await customerOrAnyone(tx, quote);
  const now = { ...quote, subscription_data: { ...quote.subscription_data, effective_date: null } };
  const { invoice, subscription } = await accept(billing, now, customer);
  const latest = subscription ? (await tx.objects.get('subscription', String(subscription))).latest_invoice : invoice;
  return latest ? tx.objects.get('invoice', String(latest)) : undefined;
}

async function customerOrAnyone({ objects }: Tx, { customer: of, test_clock }: Quote): Promise<Customer> {
  const known = of === null ? undefined : await objects.find('customer', String(of));
  if (known) return known;
  const anyone: Customer = { ...newCustomer(), test_clock };
  await objects.insert(anyone);
  return anyone;
}

/** What each period costs after the first, without discounts and taxes. */
function recurringOf(items: LineItem[]): Quote['computed']['recurring'] {
  const recurring = items.filter(({ price }) => price?.recurring);
  const [first] = recurring;
  if (!first?.price?.recurring) return null;
  const amount = recurring.reduce((sum, { price, quantity }) => sum + (price ? amountOf(price, quantity ?? 1) : 0), 0);
  return {
    amount_subtotal: amount,
    amount_total: amount,
    interval: first.price.recurring.interval,
    interval_count: first.price.recurring.interval_count,
    total_details: { amount_discount: 0, amount_shipping: 0, amount_tax: 0 },
  };
}
