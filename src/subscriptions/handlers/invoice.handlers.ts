import type { EntityManager } from 'typeorm';
import { idOf, missingField, sourceOf } from '../../stripe/stripe-fields.js';
import { HandlesStripeEvent, type Ignored, type StripeEventHandler, type StripeEventOf } from '../../webhook/index.js';
import { InvoiceSync } from '../invoices/invoice-sync.service.js';
import { lockKeysOfInvoice } from '../invoices/read-invoice.js';
import type { InvoiceFacts } from '../state/invoice-facts.js';

type InvoiceEvent =
  | 'invoice.created'
  | 'invoice.updated'
  | 'invoice.finalized'
  | 'invoice.finalization_failed'
  | 'invoice.paid'
  | 'invoice.payment_failed'
  | 'invoice.payment_action_required'
  | 'invoice.voided'
  | 'invoice.marked_uncollectible'
  | 'invoice.deleted';

/** Adds the facts of an invoice's event, and has the invoice read from Stripe. Another app's invoices are left alone. */
@HandlesStripeEvent(
  'invoice.created',
  'invoice.updated',
  'invoice.finalized',
  'invoice.finalization_failed',
  'invoice.paid',
  'invoice.payment_failed',
  'invoice.payment_action_required',
  'invoice.voided',
  'invoice.marked_uncollectible',
  'invoice.deleted',
)
export class RecordInvoice implements StripeEventHandler<InvoiceEvent> {
  constructor(private readonly invoices: InvoiceSync) {}

  reasonToIgnore({ data }: StripeEventOf<InvoiceEvent>): string | undefined {
    return missingField('invoice', data.object, { id: 'word', currency: 'word' });
  }

  lockKeys({ data }: StripeEventOf<InvoiceEvent>): string[] {
    return lockKeysOfInvoice(data.object);
  }

  async apply(event: StripeEventOf<InvoiceEvent>, tx: EntityManager): Promise<Ignored | void> {
    const source = sourceOf(event);
    const fact = FACT_OF_EVENT[event.type];
    return this.invoices.recordEvent(tx, event.data.object, source, fact ? { [fact]: source.at } : {});
  }
}

/** The time of these events is the fact: the invoice itself does not have it. */
const FACT_OF_EVENT: Partial<Record<InvoiceEvent, keyof InvoiceFacts>> = {
  'invoice.payment_failed': 'firstFailedAt',
  'invoice.payment_action_required': 'actionRequiredAt',
  'invoice.finalization_failed': 'finalizationFailedAt',
  'invoice.deleted': 'deletedAt',
};

/** An invoice's payment was made: its invoice is read again, with its payments. */
@HandlesStripeEvent('invoice_payment.paid')
export class RecordInvoicePayment implements StripeEventHandler<'invoice_payment.paid'> {
  constructor(private readonly invoices: InvoiceSync) {}

  reasonToIgnore({ data }: StripeEventOf<'invoice_payment.paid'>): string | undefined {
    return missingField('payment of an invoice', data.object, { id: 'word', invoice: 'reference' });
  }

  lockKeys({ data }: StripeEventOf<'invoice_payment.paid'>): string[] {
    const id = idOf(data.object.invoice);
    return id ? [id] : [];
  }

  async apply(event: StripeEventOf<'invoice_payment.paid'>, tx: EntityManager): Promise<Ignored | void> {
    return this.invoices.recordPaymentEvent(tx, event.data.object, sourceOf(event));
  }
}

type ProcessingEvent = 'payment_intent.processing' | 'payment_intent.canceled';

/**
 * A payment that takes days is on its way, or will not come: where it pays an invoice, that is read again, so that nobody pays it a
 * second time, or waits in vain. No event of the invoice says so; that such a payment arrived or failed, the invoice's own events say.
 */
@HandlesStripeEvent('payment_intent.processing', 'payment_intent.canceled')
export class RecordInvoiceProcessing implements StripeEventHandler<ProcessingEvent> {
  constructor(private readonly invoices: InvoiceSync) {}

  reasonToIgnore({ data }: StripeEventOf<ProcessingEvent>): string | undefined {
    return missingField('Payment Intent', data.object, { id: 'word' });
  }

  lockKeys({ data }: StripeEventOf<ProcessingEvent>): string[] {
    const id = idOf(data.object.customer);
    return id ? [id] : [];
  }

  async apply(event: StripeEventOf<ProcessingEvent>, tx: EntityManager): Promise<Ignored | void> {
    return this.invoices.recordProcessing(tx, event.data.object.id, sourceOf(event));
  }
}
