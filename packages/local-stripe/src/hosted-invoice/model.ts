import { shownDate } from '../checkout/mode-labels.js';
import type { Fact, Tone } from '../http/components.js';
import { formatAmount } from '../model/money.js';
import type { Invoice, InvoiceLine } from '../model/wire.js';

/** What an invoice says, on its page and in its PDF. */
export interface ShownInvoice {
  invoiceNumber: string;
  /** `Due July 1, 2027`, `Paid on June 1, 2027`. */
  state: string;
  tone: Tone;
  /** What is to be paid, or was. */
  amount: string;
  facts: Fact[];
  lines: Array<{ description: string; period: string; quantity: number | null; amount: string }>;
  sums: Array<{ label: string; amount: string }>;
}

export function shownInvoice(invoice: Invoice): ShownInvoice {
  const money = (amount: number): string => formatAmount(amount, invoice.currency);
  const { state, tone } = stateOf(invoice);
  return {
    invoiceNumber: invoice.number ?? '',
    state,
    tone,
    amount: money(invoice.status === 'open' ? invoice.amount_remaining : invoice.amount_due),
    facts: [
      { label: 'Invoice number', text: invoice.number ?? '' },
      { label: 'From', text: invoice.account_name ?? '' },
      { label: 'To', text: invoice.customer_name ?? invoice.customer_email ?? '' },
      { label: 'Date', text: shownDate(invoice.effective_at ?? invoice.created) },
      { label: 'Due', text: invoice.due_date === null ? '' : shownDate(invoice.due_date) },
    ].filter(({ text }) => text !== ''),
    lines: invoice.lines.data.map((line) => ({
      description: line.description ?? '',
      period: periodText(line),
      quantity: line.quantity,
      amount: money(line.amount),
    })),
    sums: sumsOf(invoice).map(({ label, amount }) => ({ label, amount: money(amount) })),
  };
}

function stateOf({ status, status_transitions: at, due_date: due }: Invoice): { state: string; tone: Tone } {
  switch (status) {
    case 'paid':
      return { state: `Paid on ${shownDate(at.paid_at ?? 0)}`, tone: 'good' };
    case 'void':
      return { state: 'This invoice is void: there is nothing to pay', tone: 'plain' };
    case 'uncollectible':
      return { state: 'Unpaid', tone: 'bad' };
    default:
      return { state: due === null ? 'Due now' : `Due on ${shownDate(due)}`, tone: 'waiting' };
  }
}

/** The time that a line is for; a moment says nothing. */
const periodText = ({ period }: InvoiceLine): string =>
  period.start === period.end ? '' : `${shownDate(period.start)} – ${shownDate(period.end)}`;

const sum = (parts: Array<{ amount: number }> | null | undefined): number =>
  (parts ?? []).reduce((total, { amount }) => total + amount, 0);

/** The lines between the items and what is due; those of zero are left out. */
function sumsOf(invoice: Invoice): Array<{ label: string; amount: number }> {
  const balance = invoice.amount_due - invoice.total;
  return [
    { label: 'Subtotal', amount: invoice.subtotal },
    { label: 'Discount', amount: -sum(invoice.total_discount_amounts) },
    { label: 'Tax', amount: sum(invoice.total_taxes) },
    { label: 'Total', amount: invoice.total },
    { label: 'Applied balance', amount: balance },
    { label: 'Amount paid', amount: -invoice.amount_paid },
    { label: 'Amount due', amount: invoice.amount_remaining },
  ].filter(({ label, amount }) => amount !== 0 || label === 'Total' || label === 'Amount due');
}
