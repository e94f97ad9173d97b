import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, LessThan, type Repository } from 'typeorm';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { type FieldDifference, fieldsOf } from '../../payments/reconcile/check.js';
import { entriesOf } from '../../stripe/stripe-fields.js';
import { StripeSubscriptions } from '../../stripe/stripe-subscriptions.service.js';
import type { Invoice as StripeInvoice } from '../../stripe/stripe.types.js';
import { Clock } from '../../time/clock.js';
import { InvoiceStore, withInvoiceUpdate } from '../invoices/invoice-store.service.js';
import { InvoiceSync } from '../invoices/invoice-sync.service.js';
import {
  invoiceContentOf,
  invoiceFactsOf,
  invoicePaymentOf,
  paidWith,
  subscriptionIdOf,
} from '../invoices/read-invoice.js';
import { SnapshotReader } from '../reads/snapshot-reader.service.js';
import type { ReadKind } from '../reads/stripe-read.entity.js';
import { Invoice } from '../store/invoice.entity.js';
import { SubscriptionStore } from '../store/subscription-store.service.js';
import { LAST_EVENT_LOST, NO_EVENT, ReadCause } from './read-cause.service.js';
import { type Differing, NOT_AT_STRIPE, type SnapshotCheck } from './snapshot-check.js';

/** Invoices have ids but in previews, which are not listed. */
type ListedInvoice = StripeInvoice & { id: string };

/** How long after its creation an invoice may still change, ms: retries go on for two months at most. */
const INVOICE_LIFE_MS = 62 * 86_400_000;
const UNFINISHED = ['draft', 'open'] as const;

/** Compares invoices with their rows, and whether each that was paid is a payment here. */
@Injectable()
export class InvoiceCheck implements SnapshotCheck<ListedInvoice> {
  readonly kind = 'invoice';
  readonly name = 'invoices';

  constructor(
    private readonly stripe: StripeSubscriptions,
    private readonly sync: InvoiceSync,
    private readonly store: InvoiceStore,
    private readonly subscriptions: SubscriptionStore,
    private readonly reader: SnapshotReader,
    private readonly causes: ReadCause,
    private readonly units: UnitOfWork,
    private readonly clock: Clock,
    @InjectRepository(Invoice) private readonly rows: Repository<Invoice>,
  ) {}

  /** Older ones only where one here is unfinished. */
  async *pages(since: Date): AsyncGenerator<ListedInvoice[]> {
    const from = new Date(since.getTime() - INVOICE_LIFE_MS);
    yield* this.stripe.invoicesSince(from) as AsyncGenerator<ListedInvoice[]>;
    for (const status of UNFINISHED)
      if (await this.rows.existsBy({ status, createdAt: LessThan(from) }))
        yield* this.stripe.invoicesBefore(from, status) as AsyncGenerator<ListedInvoice[]>;
  }

  async openIds(): Promise<string[]> {
    const open = await this.rows.find({ select: { id: true }, where: { status: In(UNFINISHED) } });
    return open.map(({ id }) => id);
  }

  async read(id: string): Promise<ListedInvoice | undefined> {
    return (await this.stripe.findInvoice(id)) as ListedInvoice | undefined;
  }

  async compare(invoice: ListedInvoice): Promise<Differing | 'same' | undefined> {
    const { id } = invoice;
    if (!(await this.sync.isOurs(this.rows.manager, invoice))) return undefined;
    const row = await this.rows.findOneBy({ id });
    if (!row) return { fields: [], missing: 'here', cause: await this.causes.of(this.kind, id, NO_EVENT) };
    const content = invoiceContentOf(invoice, { readAt: this.clock.now(), provisional: false });
    const should = withInvoiceUpdate(row, { content, facts: invoiceFactsOf(invoice) });
    const fields = fieldsOf(comparable(row), comparable(should));
    const payment = missingPayment(should, invoice);
    if (fields.length === 0 && !payment) return 'same';
    const otherwise = payment ? await this.causeOfMissingPayment(should, fields.length > 0) : LAST_EVENT_LOST;
    const cause = await this.causes.of(this.kind, id, otherwise);
    return { fields: payment ? [...fields, payment] : fields, cause };
  }

  async compareMissing(id: string): Promise<Differing | 'same'> {
    const row = await this.rows.findOneBy({ id });
    if (!row || !UNFINISHED.some((status) => status === row.status)) return 'same';
    const wasDraft = 'it was deleted at Stripe as a draft, and invoice.deleted has not come in';
    return { fields: [], missing: 'stripe', cause: row.finalizedAt ? NOT_AT_STRIPE : wasDraft };
  }

  says({ status }: ListedInvoice): string {
    return status ?? 'unknown';
  }

  /** Its subscription first, where that is not known here: it says whose payment it is. */
  async repair(invoice: ListedInvoice): Promise<void> {
    const subscriptionId = subscriptionIdOf(invoice);
    if (subscriptionId && !(await this.subscriptions.find(this.rows.manager, subscriptionId)))
      await this.readNow('subscription', subscriptionId);
    await this.readNow(this.kind, invoice.id);
  }

  /** A draft was deleted; what was finalized cannot be paid any more, and is void. */
  async repairMissing(id: string): Promise<void> {
    const at = this.clock.now();
    await this.units.run((tx) => this.store.endMissing(tx, id, { cause: 'reconcile', at, actor: 'command line' }));
  }

  private async readNow(kind: ReadKind, id: string): Promise<void> {
    await this.reader.readNow({ kind, id, cause: 'reconcile', at: this.clock.now(), actor: 'command line' });
  }

  private async causeOfMissingPayment(invoice: Invoice, differs: boolean): Promise<string> {
    const { subscriptionId: id, stripeCustomerId } = invoice;
    const subscription = id ? await this.subscriptions.find(this.rows.manager, id) : undefined;
    if (id && !subscription)
      return this.causes.of('subscription', id, `it is paid, but of its subscription ${id} no event has come in`);
    if (!(await this.store.ownerOf(this.rows.manager, invoice, subscription)))
      return `it is paid, but whose its customer ${stripeCustomerId} is, is not known here`;
    return differs ? LAST_EVENT_LOST : 'it is paid, and invoice_payment.paid has not come in';
  }
}

const comparable = ({ provisional: _provisional, snapshotAt: _snapshotAt, ...columns }: Invoice) => columns;

/** That an invoice was paid by a Payment Intent which is no payment here. */
function missingPayment(
  { paymentId, paidAt, amountPaid }: Invoice,
  invoice: StripeInvoice,
): FieldDifference | undefined {
  if (paymentId || !paidAt || amountPaid <= 0) return undefined;
  const paid = paidWith(entriesOf(invoice.payments).flatMap((payment) => invoicePaymentOf(payment) ?? []));
  return paid && { field: 'paymentId', here: null, stripe: paid.paymentIntentId };
}
