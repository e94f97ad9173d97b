/** Derived (`deriveInvoiceStatus`): paid and void by their moments; uncollectible may still become paid. */
export type InvoiceStatus = 'draft' | 'open' | 'paid' | 'void' | 'uncollectible' | 'deleted';

/** What only grows, of one invoice. Times by Stripe's clock. */
export interface InvoiceFacts {
  createdAt: Date;
  finalizedAt: Date | null;
  paidAt: Date | null;
  voidedAt: Date | null;
  uncollectibleAt: Date | null;
  deletedAt: Date | null;
  /** When its first attempt to collect failed: grace begins. */
  firstFailedAt: Date | null;
  /** When a bank first asked the customer to authenticate. */
  actionRequiredAt: Date | null;
  finalizationFailedAt: Date | null;
}

/** What is known of an invoice. Amounts in minor units of `currency`. */
export interface InvoiceState extends InvoiceFacts {
  id: string;
  subscriptionId: string | null;
  number: string | null;
  /** Only `subscription_cycle` is a renewal. */
  billingReason: string | null;
  currency: string;
  subtotal: number;
  total: number;
  amountDue: number;
  amountPaid: number;
  amountRemaining: number;
  attemptCount: number;
  nextPaymentAttempt: Date | null;
  /** The service period of its subscription line. */
  periodStart: Date | null;
  periodEnd: Date | null;
  stripeStatus: string;
}

/** The status of an invoice: a fact wins over what Stripe last said, since that may have come late. */
export function deriveInvoiceStatus(invoice: InvoiceFacts & Pick<InvoiceState, 'stripeStatus'>): InvoiceStatus {
  if (invoice.paidAt) return 'paid';
  if (invoice.voidedAt) return 'void';
  if (invoice.deletedAt) return 'deleted';
  if (invoice.uncollectibleAt) return 'uncollectible';
  return invoice.finalizedAt ? 'open' : 'draft';
}
