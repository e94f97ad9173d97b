import { newId } from '../model/ids.js';
import type { CreditNote, Customer, Invoice } from '../model/wire.js';
import { refund } from '../payments/refunds.js';
import type { Billing } from './billing.js';
import { changeBalance } from './customer-balance.js';
import { asPaid } from './finalize.js';
import { paymentsOf, recordAll, saveInvoice } from './invoice-store.js';

export interface CreditNoteLine {
  amount: number;
  description: string | null;
  invoiceLine?: string;
  quantity: number | null;
}

export interface CreditNoteData {
  lines: CreditNoteLine[];
  /** For a paid invoice: what goes to the customer's balance, back to the card, and outside of Stripe. */
  toBalance: number;
  toRefund: number;
  outside: number;
  memo: string | null;
  metadata: Record<string, string>;
  reason: CreditNote['reason'];
}

/**
 * Credits a finalized invoice: an open one by lowering what is due, a paid one by the customer's balance, a refund, or
 * outside of Stripe. The invoice stays as it is otherwise (SUBSCRIPTIONS.md 1, "Invoice").
 */
export async function createCreditNote(billing: Billing, invoice: Invoice, data: CreditNoteData): Promise<CreditNote> {
  const { tx } = billing;
  const id = newId('creditNote');
  const note = newCreditNote(billing, invoice, id, data);
  const refunds = data.toRefund > 0 ? [await refundOf(billing, invoice, data)] : [];
  const balance = data.toBalance > 0 ? await creditBalance(billing, invoice, id, data.toBalance) : null;
  const made: CreditNote = { ...note, customer_balance_transaction: balance, refunds };
  await tx.objects.insert(made);
  await tx.events.record('credit_note.created', made);
  await countOnInvoice(billing, invoice, made);
  return made;
}

const sum = (lines: readonly CreditNoteLine[]): number => lines.reduce((total, { amount }) => total + amount, 0);

function newCreditNote({ now, origin }: Billing, invoice: Invoice, id: string, data: CreditNoteData): CreditNote {
  const total = sum(data.lines);
  const open = invoice.status === 'open';
  const count =
    invoice.pre_payment_credit_notes_amount + invoice.post_payment_credit_notes_amount === 0 ? '01' : id.slice(-4);
  return {
    id,
    object: 'credit_note',
    amount: total,
    amount_shipping: 0,
    created: now,
    currency: invoice.currency,
    customer: String(invoice.customer),
    customer_account: null,
    customer_balance_transaction: null,
    discount_amount: 0,
    discount_amounts: [],
    effective_at: now,
    invoice: invoice.id,
    lines: {
      object: 'list',
      data: data.lines.map((line) => ({
        id: newId('creditNoteLine'),
        object: 'credit_note_line_item',
        amount: line.amount,
        description: line.description,
        discount_amount: 0,
        discount_amounts: [],
        ...(line.invoiceLine !== undefined && { invoice_line_item: line.invoiceLine }),
        livemode: false,
        metadata: {},
        pretax_credit_amounts: [],
        quantity: line.quantity,
        tax_rates: [],
        taxes: [],
        type: line.invoiceLine === undefined ? 'custom_line_item' : 'invoice_line_item',
        unit_amount: line.quantity ? Math.round(line.amount / line.quantity) : null,
        unit_amount_decimal: line.quantity ? String(line.amount / line.quantity) : null,
      })),
      has_more: false,
      url: `/v1/credit_notes/${id}/lines`,
    },
    livemode: false,
    memo: data.memo,
    metadata: data.metadata,
    number: `${invoice.number}-CN-${count}`,
    out_of_band_amount: data.outside > 0 ? data.outside : null,
    pdf: `${origin}/credit_notes/${id}/pdf`,
    post_payment_amount: open ? 0 : total,
    pre_payment_amount: open ? total : 0,
    pretax_credit_amounts: [],
    reason: data.reason,
    refunds: [],
    shipping_cost: null,
    status: 'issued',
    subtotal: total,
    subtotal_excluding_tax: total,
    total,
    total_excluding_tax: total,
    total_taxes: [],
    type: open ? 'pre_payment' : 'post_payment',
    voided_at: null,
  };
}

async function refundOf(
  billing: Billing,
  invoice: Invoice,
  { toRefund, metadata }: CreditNoteData,
): Promise<CreditNote['refunds'][number]> {
  const { tx } = billing;
  const paid = (await paymentsOf(billing, invoice.id)).find(({ status }) => status === 'paid');
  const intent = paid && (await tx.objects.get('payment_intent', String(paid.payment.payment_intent)));
  const charge = await tx.objects.get('charge', String(intent?.latest_charge));
  const asked = { amount: toRefund, metadata, reason: 'requested_by_customer' as const };
  const made = await refund(tx, charge, asked);
  return {
    amount_refunded: toRefund,
    payment_record_refund: null,
    refund: made.id,
    type: 'refund',
  } as CreditNote['refunds'][number];
}

async function creditBalance(billing: Billing, invoice: Invoice, creditNote: string, amount: number): Promise<string> {
  const customer: Customer = await billing.tx.objects.get('customer', String(invoice.customer));
  const cause = { type: 'credit_note' as const, invoice: invoice.id, creditNote, currency: invoice.currency };
  return (await changeBalance(billing, customer, -amount, cause)).id;
}

async function countOnInvoice(billing: Billing, before: Invoice, { total, type }: CreditNote): Promise<void> {
  if (type === 'post_payment') {
    const post_payment_credit_notes_amount = before.post_payment_credit_notes_amount + total;
    await saveInvoice(billing, { ...before, post_payment_credit_notes_amount }, before);
    return;
  }
  const lowered: Invoice = {
    ...before,
    amount_due: before.amount_due - total,
    amount_remaining: before.amount_remaining - total,
    pre_payment_credit_notes_amount: before.pre_payment_credit_notes_amount + total,
  };
  const settled = lowered.amount_remaining > 0 ? lowered : asPaid(lowered, billing.now);
  await saveInvoice(billing, settled, before);
  if (settled.status === 'paid') await recordAll(billing, ['invoice.paid', 'invoice.payment_succeeded'], settled);
}
