import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { lockKeys } from '../../database/sql.js';
import { Table } from '../../database/table.js';
import type { FactSource } from '../state/payment-facts.js';
import { type NewPaymentRow, NO_PAYMENT_FACTS, PaymentStore } from './payment-store.service.js';
import { Payment } from './payment.entity.js';

/** An invoice that was paid by a Payment Intent. `amount` in minor units of `currency`. */
export interface PaidInvoice {
  /** `in_…` */
  invoiceId: string;
  /** Its number, for people. */
  invoiceNumber: string | null;
  paymentIntentId: string;
  /** The owner of the payment: a user's id. */
  userId: string;
  email: string;
  /** The name of what it was for; empty where that is not known. */
  description: string;
  /** The lookup key of the plan. */
  priceKey: string;
  quantity: number;
  amount: number;
  currency: string;
  paidAt: Date;
}

const payments = new Table(Payment);

/** A paid invoice is a payment like others: with its history, receipt, refunds and disputes. */
@Injectable()
export class InvoicePaymentStore {
  constructor(private readonly store: PaymentStore) {}

  /** Stores the payment of a paid invoice. A second call changes nothing. Returns our id of the payment. */
  async settle(tx: EntityManager, invoice: PaidInvoice, { cause, actor }: FactSource): Promise<string> {
    const { invoiceId, paymentIntentId, amount, currency, paidAt } = invoice;
    await lockKeys(tx, [paymentIntentId]);
    const [known] = await payments.findToChange(tx, { invoiceId });
    if (known?.settledAt) return known.id;
    const source = { cause, at: paidAt, actor };
    const payment = known ?? (await this.store.open(tx, newRow(invoice), source));
    // One Payment Intent may pay several invoices; refunds and disputes of it are then those of the first.
    const isTaken = (await payments.find(tx, { paymentIntentId })).length > 0;
    const facts = { settledAt: paidAt, chargedAmount: amount, chargedCurrency: currency };
    await this.store.add(tx, [{ payment, facts: { ...facts, ...(!isTaken && { paymentIntentId }) }, ...source }]);
    return payment.id;
  }
}

const newRow = ({ invoiceId, userId, paidAt, paymentIntentId: _intent, ...row }: PaidInvoice): NewPaymentRow => ({
  ...NO_PAYMENT_FACTS,
  ...row,
  id: randomUUID(),
  kind: 'invoice',
  invoiceId,
  userId,
  emailVerified: false,
  requestedAmount: row.amount,
  requestedCurrency: row.currency,
  createdAt: paidAt,
});
