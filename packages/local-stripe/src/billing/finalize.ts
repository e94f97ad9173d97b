import { newId, randomText } from '../model/ids.js';
import type { Customer, Invoice, InvoicePayment, PaymentIntent } from '../model/wire.js';
import { newIntent } from '../payments/intents.js';
import type { Billing } from './billing.js';
import { changeBalance } from './customer-balance.js';
import { recordAll, saveInvoice, subscriptionIdOf } from './invoice-store.js';
import { endingBalance, withTotals } from './invoice-totals.js';
import { reviewStatus } from './subscription-status.js';

/**
 * Finalizes a draft: its number, addresses and balance are fixed, and its Payment Intent is made. Where nothing is due it
 * is paid at once, and counts no attempt (SUBSCRIPTIONS.md 1 and 3; recorded: sub-035). `paidBy`: the Payment Intent that
 * pays it, where it is older than the invoice.
 */
export async function finalize(billing: Billing, draft: Invoice, paidBy?: PaymentIntent): Promise<Invoice> {
  return (await finalizeToPay(billing, draft, paidBy)).invoice;
}

/** The same, with the payment that is made for it; undefined where nothing is due. */
export async function finalizeToPay(
  billing: Billing,
  draft: Invoice,
  paidBy?: PaymentIntent,
): Promise<{ invoice: Invoice; payment?: MadePayment }> {
  const { tx, now } = billing;
  const customer = await tx.objects.get('customer', String(draft.customer));
  const totals = await withTotals(billing, { ...draft, status: 'open' }, customer);
  const token = randomText(40);
  const page = `${billing.origin}/invoice/${draft.id}`;
  const open: Invoice = {
    ...totals,
    attempted: totals.amount_due === 0,
    automatically_finalizes_at: null,
    effective_at: draft.effective_at ?? now,
    hosted_invoice_url: `${page}/${token}`,
    invoice_pdf: `${page}/${token}/pdf`,
    next_payment_attempt: null,
    number: draft.number ?? numberOf(customer),
    status_transitions: { ...draft.status_transitions, finalized_at: now },
    webhooks_delivered_at: draft.webhooks_delivered_at ?? now,
  };
  await useNumberAndBalance(billing, customer, open);
  await saveInvoice(billing, open);
  const pay = async (): Promise<MadePayment | undefined> => {
    if (open.amount_due === 0) return undefined;
    if (!paidBy) return createPayment(billing, open);
    return { intent: paidBy, invoicePayment: await joinPayment(billing, open, paidBy) };
  };
  // Recorded of one-off invoices: their payment is made first, then they are updated (evt-002).
  const isOneOff = draft.parent === null;
  const first = isOneOff ? await pay() : undefined;
  if (isOneOff) await tx.events.record('invoice.updated', open, draft);
  await tx.events.record('invoice.finalized', open);
  if (open.amount_due === 0) return { invoice: await settleWithoutPayment(billing, open) };
  const payment = first ?? (await pay());
  return { invoice: open, ...(payment && { payment }) };
}

async function settleWithoutPayment(billing: Billing, open: Invoice): Promise<Invoice> {
  const paid = asPaid(open, billing.now);
  await saveInvoice(billing, paid);
  await recordAll(billing, ['invoice.paid', 'invoice.payment_succeeded'], paid);
  const subscription = subscriptionIdOf(paid);
  if (subscription !== undefined) await reviewStatus(billing, subscription);
  return paid;
}

export const asPaid = (invoice: Invoice, now: number): Invoice => ({
  ...invoice,
  attempted: true,
  auto_advance: false,
  next_payment_attempt: null,
  status: 'paid',
  status_transitions: { ...invoice.status_transitions, paid_at: now },
});

const numberOf = ({ invoice_prefix, next_invoice_sequence }: Customer): string =>
  `${invoice_prefix}-${String(next_invoice_sequence ?? 1).padStart(4, '0')}`;

async function useNumberAndBalance(billing: Billing, customer: Customer, invoice: Invoice): Promise<void> {
  const counted = { ...customer, next_invoice_sequence: (customer.next_invoice_sequence ?? 1) + 1 };
  const balance = endingBalance(invoice, customer.balance);
  await billing.tx.objects.save(counted);
  if (balance !== customer.balance) {
    await changeBalance(billing, counted, balance - customer.balance, {
      type: 'applied_to_invoice',
      invoice: invoice.id,
    });
  }
}

/** Recorded: `in_…`, and not quite the id (sub-091); that it is cut to the longest reference is an inference. */
const REFERENCE_LENGTH = 25;

/** A Payment Intent and the Invoice Payment that says which invoice it pays. */
export interface MadePayment {
  intent: PaymentIntent;
  invoicePayment: InvoicePayment;
}

/** Makes the Payment Intent of an invoice. */
export async function createPayment(billing: Billing, invoice: Invoice): Promise<MadePayment> {
  const { tx } = billing;
  const { currency, customer, amount_remaining: amount, payment_settings: settings } = invoice;
  const forSubscription = subscriptionIdOf(invoice) !== undefined;
  const intent = newIntent({
    amount,
    currency,
    customer: String(customer),
    capture_method: 'automatic',
    description: describe(invoice),
    metadata: {},
    payment_details: { customer_reference: null, order_reference: invoice.id.slice(0, REFERENCE_LENGTH) },
    payment_method_types: settings.payment_method_types ?? methodTypes(currency),
    setup_future_usage: forSubscription ? 'off_session' : null,
    shipping: null,
  });
  await tx.objects.insert(intent);
  const invoicePayment = await joinPayment(billing, invoice, intent);
  await tx.events.record('payment_intent.created', intent);
  return { intent, invoicePayment };
}

/** The Invoice Payment: this Payment Intent pays that invoice. */
export async function joinPayment(
  { tx, now }: Billing,
  invoice: Invoice,
  intent: PaymentIntent,
  { asked = invoice.amount_remaining, isDefault = true } = {},
): Promise<InvoicePayment> {
  const payment: InvoicePayment = {
    id: newId('invoicePayment'),
    object: 'invoice_payment',
    amount_paid: null,
    amount_requested: asked,
    created: now,
    currency: invoice.currency,
    invoice: invoice.id,
    is_default: isDefault,
    livemode: false,
    payment: { payment_intent: intent.id, type: 'payment_intent' },
    status: 'open',
    status_transitions: { canceled_at: null, paid_at: null },
  };
  await tx.objects.insert(payment);
  return payment;
}

function describe({ billing_reason: reason }: Invoice): string {
  if (reason === 'subscription_create') return 'Subscription creation';
  return reason === 'manual' ? 'Payment for Invoice' : 'Subscription update';
}

function methodTypes(currency: string): string[] {
  if (currency === 'usd') return ['card', 'us_bank_account'];
  return currency === 'eur' ? ['card', 'sepa_debit'] : ['card'];
}
