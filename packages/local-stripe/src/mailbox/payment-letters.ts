import { paymentOfIntent } from '../billing/invoice-store.js';
import { shownDate } from '../checkout/mode-labels.js';
import { paidWith } from '../dashboard/payments.js';
import { shownInvoice } from '../hosted-invoice/model.js';
import { invoiceLabel } from '../http/billing-labels.js';
import { factsOf } from '../http/components.js';
import { formatAmount } from '../model/money.js';
import type { Charge, PaymentIntent } from '../model/wire.js';
import type { Tx } from '../state/store.js';
import { invoiceLinks } from './invoice-letters.js';
import { FROM, type Letter } from './mail.js';

/** A payment that was made, with the invoice that it paid. */
export async function receiptLetter(tx: Tx, intent: PaymentIntent): Promise<Letter> {
  const charge = intent.latest_charge === null ? undefined : await tx.objects.find('charge', intent.latest_charge);
  const payment = await paymentOfIntent({ tx }, intent.id);
  const invoice = payment && (await tx.objects.find('invoice', String(payment.invoice)));
  const amount = formatAmount(intent.amount_received, intent.currency);
  const { lines, sums } = invoice ? shownInvoice(invoice) : {};
  return {
    to: await addressOf(tx, intent.receipt_email, charge, intent.customer),
    subject: `Your receipt from ${FROM}${invoice?.number ? `: ${invoice.number}` : ''}`,
    heading: `Receipt from ${FROM}`,
    amount,
    paragraphs: [`Thank you: your payment of ${amount} has been received.`],
    facts: factsOf([
      { label: 'Paid on', text: shownDate(invoice?.status_transitions.paid_at ?? charge?.created ?? intent.created) },
      { label: 'Payment method', text: methodText(charge) },
      { label: 'Description', text: intent.description ?? '' },
    ]),
    ...(lines && sums && { lines, sums }),
    links: [
      ...(charge?.captured ? [{ label: 'View the receipt', href: `/receipts/${charge.id}` }] : []),
      ...(invoice ? invoiceLinks(invoice, 'View the invoice') : []),
    ],
    portalOf: invoice ? String(invoice.customer) : undefined,
    sentAt: invoice?.status_transitions.paid_at ?? undefined, // by its test clock, which a payment does not know
    about: [
      { label: 'Payment', href: `/payments/${intent.id}` },
      ...(invoice ? [{ label: invoiceLabel(invoice), href: `/invoices/${invoice.id}` }] : []),
    ],
  };
}

/** `before`: the refunded amount before this refund. */
export async function refundLetter(tx: Tx, charge: Charge, before: number): Promise<Letter> {
  const intent =
    typeof charge.payment_intent === 'string'
      ? await tx.objects.find('payment_intent', charge.payment_intent)
      : undefined;
  const amount = formatAmount(charge.amount_refunded - before, charge.currency);
  return {
    to: await addressOf(tx, intent?.receipt_email ?? null, charge, charge.customer),
    subject: `Your refund from ${FROM}`,
    heading: `Refund from ${FROM}`,
    amount,
    paragraphs: [
      `We have refunded ${amount} to your ${methodText(charge) || 'payment method'}. It takes up to ten days.`,
    ],
    links: [{ label: 'View the receipt', href: `/receipts/${charge.id}` }],
    about: intent ? [{ label: 'Payment', href: `/payments/${intent.id}` }] : [],
  };
}

/** `receipt_email`, what was entered at Checkout, or the customer's own address; empty without one. */
async function addressOf(
  { objects }: Tx,
  receiptEmail: string | null,
  charge: Charge | undefined,
  customer: unknown,
): Promise<string> {
  const entered = receiptEmail ?? charge?.receipt_email ?? charge?.billing_details.email;
  if (entered) return entered;
  return (typeof customer === 'string' ? (await objects.find('customer', customer))?.email : undefined) ?? '';
}

const methodText = (charge: Charge | undefined): string => (charge ? paidWith(charge) : '');
