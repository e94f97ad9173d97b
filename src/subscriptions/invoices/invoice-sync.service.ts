import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Env } from '../../config/env.js';
import { Customers } from '../../customers/customers.service.js';
import type { FactSource } from '../../payments/state/payment-facts.js';
import { entriesOf, fromUnixSeconds, idOf } from '../../stripe/stripe-fields.js';
import { StripeSubscriptions } from '../../stripe/stripe-subscriptions.service.js';
import type { Invoice as StripeInvoice, InvoicePayment as StripeInvoicePayment } from '../../stripe/stripe.types.js';
import { SnapshotReader } from '../reads/snapshot-reader.service.js';
import type { SnapshotContext, SnapshotSource } from '../reads/snapshot-source.js';
import type { Ignored } from '../../webhook/index.js';
import { foreign } from '../sync/read-subscription.js';
import type { InvoiceFacts } from '../state/invoice-facts.js';
import { SubscriptionStore } from '../store/subscription-store.service.js';
import { InvoiceStore } from './invoice-store.service.js';
import {
  invoiceContentOf,
  invoiceFactsOf,
  invoicePaymentOf,
  lockKeysOfInvoice,
  subscriptionIdOf,
} from './read-invoice.js';

/** Stores what is learnt of invoices. An invoice stands alone until its subscription is known. */
@Injectable()
export class InvoiceSync implements SnapshotSource<StripeInvoice> {
  readonly kind = 'invoice';

  constructor(
    private readonly env: Env,
    private readonly stripe: StripeSubscriptions,
    private readonly customers: Customers,
    private readonly subscriptions: SubscriptionStore,
    private readonly store: InvoiceStore,
    private readonly reader: SnapshotReader,
  ) {
    reader.register(this);
  }

  /**
   * For an event handler's `apply`: adds the facts of an event's payload, and has the invoice read. Invoices of other apps are
   * skipped, with the reason.
   * @param implied what follows from the type of event
   */
  async recordEvent(
    tx: EntityManager,
    invoice: StripeInvoice,
    { cause, at, actor }: FactSource,
    implied: Partial<InvoiceFacts> = {},
  ): Promise<Ignored | void> {
    const { id } = invoice;
    if (!id || !(await this.isOurs(tx, invoice))) return { ignored: foreign(invoice.customer) };
    if (!implied.deletedAt) await this.reader.mark(tx, { kind: this.kind, id, cause, at, actor, payload: invoice });
    await this.add(tx, invoice, { id, cause, at, actor, readAt: at, provisional: true }, implied);
  }

  /** A payment of an invoice was made, which is the way from a charge to its invoice. Those of unknown invoices are skipped. */
  async recordPaymentEvent(
    tx: EntityManager,
    payment: StripeInvoicePayment,
    source: FactSource,
  ): Promise<Ignored | void> {
    const id = idOf(payment.invoice) ?? '';
    if (!(await this.store.find(tx, id)))
      return { ignored: `no invoice ${id} is known here; an event of its own brings it` };
    await this.reader.mark(tx, { kind: this.kind, id, ...source });
  }

  /**
   * A payment is on its way, as a bank debit is for days, or is not any more: the invoice that it pays is read. Those of unknown
   * invoices are skipped.
   */
  async recordProcessing(tx: EntityManager, paymentIntentId: string, source: FactSource): Promise<Ignored | void> {
    const id = await this.store.idPaidBy(tx, paymentIntentId);
    if (!id) return { ignored: `no invoice is known here that ${paymentIntentId} pays` };
    await this.reader.mark(tx, { kind: this.kind, id, ...source });
  }

  lockKeys(invoice: StripeInvoice): string[] {
    return lockKeysOfInvoice(invoice);
  }

  read(id: string): Promise<StripeInvoice | undefined> {
    return this.stripe.findInvoice(id);
  }

  async write(tx: EntityManager, invoice: StripeInvoice | undefined, context: SnapshotContext): Promise<void> {
    if (invoice?.id) await this.add(tx, invoice, context);
  }

  /** Whether it is this app's: it carries our name, or it, its subscription or its customer is known here. */
  async isOurs(tx: EntityManager, invoice: StripeInvoice): Promise<boolean> {
    const name = invoice.metadata?.app_name ?? invoice.parent?.subscription_details?.metadata?.app_name;
    if (typeof name === 'string') return name === this.env.appName;
    const subscriptionId = subscriptionIdOf(invoice);
    if (subscriptionId && (await this.subscriptions.find(tx, subscriptionId))) return true;
    if (await this.store.find(tx, invoice.id ?? '')) return true;
    return (await this.customers.ownerOf(tx, idOf(invoice.customer) ?? '')) !== undefined;
  }

  private async add(
    tx: EntityManager,
    invoice: StripeInvoice,
    { cause, at, actor, ...context }: SnapshotContext,
    implied: Partial<InvoiceFacts> = {},
  ): Promise<void> {
    const payments = entriesOf(invoice.payments).flatMap((payment) => invoicePaymentOf(payment) ?? []);
    const content = invoiceContentOf(invoice, context);
    const facts = { ...invoiceFactsOf(invoice), ...implied };
    await this.store.add(tx, {
      content,
      createdAt: fromUnixSeconds(invoice.created) ?? at,
      facts,
      payments,
      cause,
      at,
      actor,
    });
  }
}
