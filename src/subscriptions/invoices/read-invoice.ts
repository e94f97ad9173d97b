import { entriesOf, fromUnixSeconds, identifierOf, idOf, wholeOf } from '../../stripe/stripe-fields.js';
import type { Invoice as StripeInvoice, InvoicePayment as StripeInvoicePayment } from '../../stripe/stripe.types.js';
import { deriveInvoiceStatus, type InvoiceFacts } from '../state/invoice-facts.js';
import { Invoice, InvoicePayment } from '../store/invoice.entity.js';

/** What only grows, of an invoice as an event or an answer has it. */
export function invoiceFactsOf(invoice: StripeInvoice): Partial<InvoiceFacts> {
  const transitions = invoice.status_transitions;
  return {
    finalizedAt: fromUnixSeconds(transitions?.finalized_at),
    paidAt: fromUnixSeconds(transitions?.paid_at),
    voidedAt: fromUnixSeconds(transitions?.voided_at),
    uncollectibleAt: fromUnixSeconds(transitions?.marked_uncollectible_at),
  };
}

/** The subscription that an invoice is for; undefined for one that bills something else. */
export const subscriptionIdOf = ({ parent }: StripeInvoice): string | undefined =>
  idOf(parent?.subscription_details?.subscription);

/** What a transaction locks before rows of an invoice (`lockKeys`): its customer, as for a subscription, and itself. */
export const lockKeysOfInvoice = ({ id, customer }: Pick<StripeInvoice, 'id' | 'customer'>): string[] =>
  [id, idOf(customer)].filter((key): key is string => typeof key === 'string');

/** What goes back and forth, and what never changes. */
export type InvoiceContent = Omit<Invoice, keyof InvoiceFacts | 'paymentId' | 'status' | 'learnedAt'>;

/** The columns of an invoice as an event or an answer has it. */
export function invoiceContentOf(
  invoice: StripeInvoice,
  { readAt, provisional }: { readAt: Date; provisional: boolean },
): InvoiceContent {
  const [line] = entriesOf(invoice.lines).filter(({ parent }) => parent?.type === 'subscription_item_details');
  return {
    id: invoice.id ?? '',
    stripeCustomerId: idOf(invoice.customer) ?? '',
    subscriptionId: subscriptionIdOf(invoice) ?? null,
    number: typeof invoice.number === 'string' ? invoice.number : null,
    billingReason: identifierOf(invoice.billing_reason) ?? null,
    currency: identifierOf(invoice.currency) ?? '',
    subtotal: amountOf(invoice.subtotal),
    total: amountOf(invoice.total),
    amountDue: amountOf(invoice.amount_due),
    amountPaid: amountOf(invoice.amount_paid),
    amountRemaining: amountOf(invoice.amount_remaining),
    startingBalance: amountOf(invoice.starting_balance),
    endingBalance: wholeOf(invoice.ending_balance),
    attemptCount: amountOf(invoice.attempt_count),
    nextPaymentAttempt: fromUnixSeconds(invoice.next_payment_attempt),
    periodStart: fromUnixSeconds(line?.period?.start),
    periodEnd: fromUnixSeconds(line?.period?.end),
    stripeStatus: identifierOf(invoice.status) ?? 'draft',
    provisional,
    snapshotAt: readAt,
  };
}

const amountOf = (value: unknown): number => wholeOf(value) ?? 0;

/** The row of an invoice that is new here. */
export function firstInvoiceRow(content: InvoiceContent, createdAt: Date, learnedAt: Date): Invoice {
  const row = {
    ...content,
    paymentId: null,
    createdAt,
    finalizedAt: null,
    paidAt: null,
    voidedAt: null,
    uncollectibleAt: null,
    deletedAt: null,
    firstFailedAt: null,
    actionRequiredAt: null,
    finalizationFailedAt: null,
    learnedAt,
  };
  return { ...row, status: deriveInvoiceStatus(row) };
}

/** The row of one of its payments; undefined for a payment of a kind that is not known. */
export function invoicePaymentOf(payment: StripeInvoicePayment): InvoicePayment | undefined {
  const invoiceId = idOf(payment.invoice);
  if (!invoiceId || !identifierOf(payment.id)) return undefined;
  return {
    id: payment.id,
    invoiceId,
    paymentIntentId: idOf(payment.payment?.payment_intent) ?? null,
    chargeId: idOf(payment.payment?.charge) ?? null,
    amountRequested: amountOf(payment.amount_requested),
    amountPaid: wholeOf(payment.amount_paid),
    currency: identifierOf(payment.currency) ?? '',
    isDefault: payment.is_default === true,
    status: statusOf(payment),
    paidAt: fromUnixSeconds(payment.status_transitions?.paid_at),
    canceledAt: fromUnixSeconds(payment.status_transitions?.canceled_at),
    createdAt: fromUnixSeconds(payment.created) ?? new Date(0),
  };
}

/** Of a list, and of an event, the Payment Intent is known by its id alone: then nothing is said to be processing. */
function statusOf({ status, payment }: StripeInvoicePayment): string {
  const intent = payment?.payment_intent;
  const isProcessing = typeof intent === 'object' && intent?.status === PROCESSING;
  return status === 'open' && isProcessing ? PROCESSING : (identifierOf(status) ?? 'open');
}

/** A payment's status while it is on its way, as a bank debit is for days. */
export const PROCESSING = 'processing';

/** Whether a payment of an invoice is on its way, by what Stripe says now. */
export const isOnItsWay = (invoice: StripeInvoice): boolean =>
  entriesOf(invoice.payments).some((payment) => statusOf(payment) === PROCESSING);

/** The payment that paid an invoice, its default one first; undefined where it was not paid by a Payment Intent. */
export function paidWith(
  payments: readonly InvoicePayment[],
): (InvoicePayment & { paymentIntentId: string }) | undefined {
  const paid = payments.filter(({ status }) => status === 'paid');
  const payment = paid.find(({ isDefault }) => isDefault) ?? paid[0];
  return payment?.paymentIntentId ? { ...payment, paymentIntentId: payment.paymentIntentId } : undefined;
}
