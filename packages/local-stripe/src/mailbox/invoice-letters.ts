import { invoiceLabel } from '../http/billing-labels.js';
import { shownDate } from '../checkout/mode-labels.js';
import { shownInvoice } from '../hosted-invoice/model.js';
import { formatAmount } from '../model/money.js';
import type { Invoice } from '../model/wire.js';
import { eventsAbout, type PastEvent } from '../state/related.js';
import type { Tx } from '../state/store.js';
import { FROM, type Letter } from './mail.js';

/** The customer is on the shop's page then, which shows it. */
const AT_CHECKOUT = 'subscription_create';

/** A finalized invoice that the customer is to pay. */
export function sentLetter(invoice: Invoice): Letter {
  const amount = formatAmount(invoice.amount_remaining, invoice.currency);
  const due = invoice.due_date === null ? '' : ` It is due on ${shownDate(invoice.due_date)}.`;
  return letter(invoice, {
    subject: `New invoice from ${FROM}: ${invoice.number ?? ''}`,
    heading: invoiceLabel(invoice),
    paragraphs: [`${FROM} has sent you an invoice for ${amount}.${due}`],
    button: 'View and pay the invoice',
  });
}

export function overdueLetter(invoice: Invoice): Letter {
  const amount = formatAmount(invoice.amount_remaining, invoice.currency);
  return letter(invoice, {
    subject: `Reminder: your invoice ${invoice.number ?? ''} from ${FROM} is overdue`,
    heading: 'Your invoice is overdue',
    paragraphs: [`${amount} was due on ${shownDate(invoice.due_date ?? invoice.created)}.`],
    button: 'Pay the invoice',
  });
}

/** Undefined where the customer was at the checkout, or is asked to confirm the payment instead. */
export async function failedLetter(tx: Tx, { event, at }: PastEvent, invoice: Invoice): Promise<Letter | undefined> {
  if (invoice.billing_reason === AT_CHECKOUT || (await asksToConfirm(tx, event.id, at, invoice))) return undefined;
  const amount = formatAmount(invoice.amount_remaining, invoice.currency);
  const next = invoice.next_payment_attempt;
  return letter(invoice, {
    subject: `Your ${amount} payment to ${FROM} was unsuccessful`,
    heading: 'Your payment was unsuccessful',
    paragraphs: [
      `We could not charge your payment method for ${amount}.`,
      next === null
        ? 'We do not try again by ourselves: please pay the invoice, or change your payment method.'
        : `We try again on ${shownDate(next)}. You can also pay now, or change your payment method before.`,
    ],
    button: 'Pay now',
  });
}

/** The event before says that the customer must authenticate: a failure for that reason has its own mail. */
async function asksToConfirm({ database }: Tx, id: string, at: number, invoice: Invoice): Promise<boolean> {
  const types = ['invoice.payment_action_required', 'invoice.payment_failed'] as const;
  const [before] = await eventsAbout(database, [invoice.id], types, { limit: 1, before: id });
  return before?.event.type === 'invoice.payment_action_required' && before.at === at;
}

/** Undefined where the customer was at the checkout. */
export function confirmLetter(invoice: Invoice): Letter | undefined {
  if (invoice.billing_reason === AT_CHECKOUT) return undefined;
  const amount = formatAmount(invoice.amount_remaining, invoice.currency);
  return letter(invoice, {
    subject: `Confirm your ${amount} payment to ${FROM}`,
    heading: 'Your bank asks you to confirm this payment',
    paragraphs: [`Your payment of ${amount} waits for your confirmation. Nothing was charged yet.`],
    button: 'Confirm the payment',
  });
}

interface Said {
  subject: string;
  heading: string;
  paragraphs: string[];
  button: string;
}

/** With the lines of the invoice, and the way to its page, its PDF and the portal. */
function letter(invoice: Invoice, { button, ...said }: Said): Letter {
  const { amount, lines, sums } = shownInvoice(invoice);
  return {
    to: invoice.customer_email ?? '',
    amount,
    ...said,
    lines,
    sums,
    links: invoiceLinks(invoice, button),
    portalOf: String(invoice.customer),
    about: [{ label: invoiceLabel(invoice), href: `/invoices/${invoice.id}` }],
  };
}

/** The hosted page and the PDF, by their paths: they are on this server. */
export function invoiceLinks(invoice: Invoice, button: string): Letter['links'] {
  const { hosted_invoice_url: page, invoice_pdf: pdf } = invoice;
  return [
    ...(page ? [{ label: button, href: new URL(page).pathname }] : []),
    ...(pdf ? [{ label: 'Download the invoice', href: new URL(pdf).pathname }] : []),
  ];
}
