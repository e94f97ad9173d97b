import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, type Repository } from 'typeorm';
import { type FieldDifference, fieldsOf } from '../../payments/reconcile/check.js';
import { StripeSubscriptions } from '../../stripe/stripe-subscriptions.service.js';
import type { Invoice as StripeInvoice } from '../../stripe/stripe.types.js';
import { Clock } from '../../time/clock.js';
import { withInvoiceUpdate } from '../invoices/invoice-store.service.js';
import { InvoiceSync } from '../invoices/invoice-sync.service.js';
import { invoiceContentOf, invoiceFactsOf } from '../invoices/read-invoice.js';
import { Invoice } from '../store/invoice.entity.js';
import type { SnapshotCheck } from './snapshot-check.js';

/** Invoices have ids but in previews, which are not listed. */
type ListedInvoice = StripeInvoice & { id: string };

/** How long after its creation an invoice may still change, ms: retries go on for two months at most. */
const INVOICE_LIFE_MS = 62 * 86_400_000;

/** Compares invoices with their rows, and whether each that was paid is a payment. */
@Injectable()
export class InvoiceCheck implements SnapshotCheck<ListedInvoice> {
  readonly kind = 'invoice';
  readonly name = 'invoices';

  constructor(
    private readonly stripe: StripeSubscriptions,
    private readonly sync: InvoiceSync,
    private readonly clock: Clock,
    @InjectRepository(Invoice) private readonly rows: Repository<Invoice>,
  ) {}

  pages(since: Date): AsyncIterable<ListedInvoice[]> {
    return this.stripe.invoicesSince(new Date(since.getTime() - INVOICE_LIFE_MS)) as AsyncIterable<ListedInvoice[]>;
  }

  async openIds(): Promise<string[]> {
    const open = await this.rows.find({ select: { id: true }, where: { status: In(['draft', 'open']) } });
    return open.map(({ id }) => id);
  }

  async read(id: string): Promise<ListedInvoice | undefined> {
    return (await this.stripe.findInvoice(id)) as ListedInvoice | undefined;
  }

  async compare(invoice: ListedInvoice): Promise<readonly FieldDifference[] | 'missing' | undefined> {
    if (!(await this.sync.isOurs(this.rows.manager, invoice))) return undefined;
    const row = await this.rows.findOneBy({ id: invoice.id });
    if (!row) return 'missing';
    const content = invoiceContentOf(invoice, { readAt: this.clock.now(), provisional: false });
    const should = withInvoiceUpdate(row, { content, facts: invoiceFactsOf(invoice) });
    return fieldsOf(comparable(row), comparable(should));
  }

  says({ status }: ListedInvoice): string {
    return status ?? 'unknown';
  }
}

const comparable = ({ provisional: _provisional, snapshotAt: _snapshotAt, ...columns }: Invoice) => columns;
