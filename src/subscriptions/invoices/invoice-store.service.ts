import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { CustomerReader } from '../../customers/customer-reader.service.js';
import { Customers } from '../../customers/customers.service.js';
import { keyOfOwner, type Owner } from '../../customers/owner.js';
import { Table } from '../../database/table.js';
import type { FactSource } from '../../payments/state/payment-facts.js';
import { InvoicePaymentStore } from '../../payments/store/invoice-payment.service.js';
import { changedKeys, earliest } from '../../payments/store/payment-store.service.js';
import { Clock } from '../../time/clock.js';
import { deriveInvoiceStatus, type InvoiceFacts } from '../state/invoice-facts.js';
import { type Plan, PLANS } from '../state/plan.js';
import { Invoice, InvoicePayment } from '../store/invoice.entity.js';
import type { WholeSubscription } from '../store/subscription-row.js';
import { SubscriptionStore } from '../store/subscription-store.service.js';
import { firstInvoiceRow, type InvoiceContent, paidWith } from './read-invoice.js';

/** Facts, content and payments of an invoice, and what brought them. */
export interface InvoiceUpdate extends FactSource {
  content: InvoiceContent;
  createdAt: Date;
  facts: Partial<InvoiceFacts>;
  payments: readonly InvoicePayment[];
}

const invoices = new Table(Invoice);
const invoicePayments = new Table(InvoicePayment);

/** The one place that writes invoices. What they say about access and money goes to their subscription and to the payments. */
@Injectable()
export class InvoiceStore {
  constructor(
    private readonly subscriptions: SubscriptionStore,
    private readonly customers: Customers,
    private readonly customerReader: CustomerReader,
    private readonly payments: InvoicePaymentStore,
    private readonly clock: Clock,
    @Inject(PLANS) private readonly plans: readonly Plan[],
  ) {
    subscriptions.onChange((tx, { before, after, ...source }) => this.join(tx, before ? undefined : after, source));
  }

  find(tx: EntityManager, id: string): Promise<Invoice | undefined> {
    return invoices.findOne(tx, { id });
  }

  /** The id of the invoice that a Payment Intent pays; undefined where that is not known. */
  async idPaidBy(tx: EntityManager, paymentIntentId: string): Promise<string | undefined> {
    return (await invoicePayments.findOne(tx, { paymentIntentId }))?.invoiceId;
  }

  /** Adds facts, and replaces the content where it is later than what is stored. Adding the same twice changes nothing. */
  async add(tx: EntityManager, update: InvoiceUpdate): Promise<void> {
    const { content, createdAt } = update;
    const [before] = await invoices.findToChange(tx, { id: content.id });
    const row = before ?? firstInvoiceRow(content, createdAt, this.clock.now());
    if (!before) await invoices.insert(tx, row);
    for (const payment of update.payments) await savePayment(tx, payment);
    const known = withInvoiceUpdate(row, update);
    const subscription = await this.subscriptionOf(tx, known);
    const after = { ...known, paymentId: known.paymentId ?? (await this.settle(tx, known, subscription, update)) };
    const changed = changedKeys(row, after);
    if (changed.length > 0) await invoices.updateAll(tx, [after], 'id', changed);
    if (subscription && (!before || changed.some((key) => key !== 'snapshotAt' && key !== 'provisional')))
      await this.updateSubscription(tx, after, update);
  }

  /**
   * Stripe has no such invoice: a draft was deleted, and what was finalized cannot be paid any more. For `reconcile`; a paid one
   * stays as it is.
   */
  async endMissing(tx: EntityManager, id: string, source: FactSource): Promise<void> {
    const [row] = await invoices.findToChange(tx, { id });
    if (!row || row.paidAt) return;
    const known = row.finalizedAt ? { ...row, voidedAt: source.at } : { ...row, deletedAt: source.at };
    const after = { ...known, status: deriveInvoiceStatus(known) };
    await invoices.updateAll(tx, [after], 'id', ['voidedAt', 'deletedAt', 'status']);
    if (await this.subscriptionOf(tx, after)) await this.updateSubscription(tx, after, source);
  }

  /** Invoices that were known before their subscription: now it can be said whose they are, and what was paid. */
  private async join(tx: EntityManager, added: WholeSubscription | undefined, source: FactSource): Promise<void> {
    if (!added) return;
    for (const invoice of await invoices.findToChange(tx, { subscriptionId: added.id })) {
      const paymentId = invoice.paymentId ?? (await this.settle(tx, invoice, added, source));
      if (paymentId !== invoice.paymentId)
        await invoices.updateAll(tx, [{ ...invoice, paymentId }], 'id', ['paymentId']);
      await this.updateSubscription(tx, { ...invoice, paymentId }, source);
    }
  }

  /** Access depends on the invoices: it is derived again in this transaction. */
  private async updateSubscription(
    tx: EntityManager,
    invoice: Invoice,
    { cause, at, actor }: FactSource,
  ): Promise<void> {
    const isFirst = invoice.billingReason === 'subscription_create';
    const facts = {
      firstPaidAt: invoice.amountPaid > 0 ? invoice.paidAt : null,
      // The first invoice is voided where its delayed payment failed for good; the subscription stays active.
      firstFailedAt: isFirst && !invoice.paidAt ? invoice.voidedAt : null,
    };
    await this.subscriptions.add(tx, { id: invoice.subscriptionId ?? '', facts, cause, at, actor });
  }

  private async subscriptionOf(tx: EntityManager, { subscriptionId }: Invoice): Promise<WholeSubscription | undefined> {
    return subscriptionId ? this.subscriptions.find(tx, subscriptionId) : undefined;
  }

  /** Stores the payment of a paid invoice; null while its Payment Intent or its owner is not known, or nothing was paid by card. */
  private async settle(
    tx: EntityManager,
    invoice: Invoice,
    subscription: WholeSubscription | undefined,
    source: FactSource,
  ): Promise<string | null> {
    const { id: invoiceId, paidAt, currency, amountPaid, stripeCustomerId } = invoice;
    if (!paidAt || amountPaid <= 0 || (invoice.subscriptionId && !subscription)) return null;
    const payment = paidWith(await invoicePayments.find(tx, { invoiceId }));
    const owner = await this.ownerOf(tx, invoice, subscription);
    if (!payment || !owner) return null;
    const [item] = subscription?.items ?? [];
    const plan = this.plans.find(({ lookupKey }) => lookupKey === item?.planKey);
    return this.payments.settle(
      tx,
      {
        invoiceId,
        invoiceNumber: invoice.number,
        paymentIntentId: payment.paymentIntentId,
        userId: owner.type === 'user' ? owner.id : keyOfOwner(owner),
        email: (await this.customerReader.emailOf(tx, stripeCustomerId)) ?? '',
        description: plan?.name ?? '',
        priceKey: item?.planKey ?? 'unknown',
        quantity: item?.quantity ?? 1,
        amount: payment.amountPaid ?? amountPaid,
        currency,
        paidAt,
      },
      source,
    );
  }

  /** Whose invoice it is: its subscription's owner, else its customer's; undefined where neither is known. */
  async ownerOf(
    tx: EntityManager,
    { stripeCustomerId }: Invoice,
    subscription: WholeSubscription | undefined,
  ): Promise<Owner | undefined> {
    const { ownerType: type, ownerId: id } = subscription ?? {};
    return type && id ? { type, id } : this.customers.ownerOf(tx, stripeCustomerId);
  }
}

/** Facts keep their earliest time; content is replaced where it is later, provisional content only over what is older. */
export function withInvoiceUpdate(row: Invoice, { content, facts }: Pick<InvoiceUpdate, 'content' | 'facts'>): Invoice {
  const isLater = !content.provisional || content.snapshotAt > row.snapshotAt;
  const next = isLater ? { ...row, ...content, subscriptionId: content.subscriptionId ?? row.subscriptionId } : row;
  const known = {
    ...next,
    finalizedAt: earliest(row.finalizedAt, facts.finalizedAt),
    paidAt: earliest(row.paidAt, facts.paidAt),
    voidedAt: earliest(row.voidedAt, facts.voidedAt),
    uncollectibleAt: earliest(row.uncollectibleAt, facts.uncollectibleAt),
    deletedAt: earliest(row.deletedAt, facts.deletedAt),
    firstFailedAt: earliest(row.firstFailedAt, facts.firstFailedAt),
    actionRequiredAt: earliest(row.actionRequiredAt, facts.actionRequiredAt),
    finalizationFailedAt: earliest(row.finalizationFailedAt, facts.finalizationFailedAt),
  };
  return { ...known, status: deriveInvoiceStatus(known) };
}

/** A payment that is paid stays so. */
async function savePayment(tx: EntityManager, payment: InvoicePayment): Promise<void> {
  const [known] = await invoicePayments.findToChange(tx, { id: payment.id });
  if (!known) return invoicePayments.insert(tx, payment);
  if (known.status === 'paid') return;
  const changed = changedKeys(known, payment);
  if (changed.length > 0) await invoicePayments.updateAll(tx, [payment], 'id', changed);
}
