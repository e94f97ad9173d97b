import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { EntityManager, Repository } from 'typeorm';
import { Table } from '../../database/table.js';
import { idOf } from '../../stripe/id-of.js';
import type { Refund } from '../../stripe/stripe.types.js';
import { Payment } from '../ledger/payment.entity.js';
import { PaymentRefund } from '../refunds/refund.entity.js';
import { RefundRecord, withRefund } from '../refunds/refund-record.service.js';
import { type Check, type Difference, fieldsOf } from './check.js';

const payments = new Table(Payment);
const refunds = new Table(PaymentRefund);

/** Refunds of payments that are here. */
@Injectable()
export class RefundCheck implements Check<Refund> {
  readonly name = 'refunds';

  constructor(
    private readonly record: RefundRecord,
    @InjectRepository(Payment) private readonly rows: Repository<Payment>,
  ) {}

  async compare(told: readonly Refund[]): Promise<Difference[]> {
    const reading = this.rows.manager;
    const paymentIntentId = told.flatMap((refund) => idOf(refund.payment_intent) ?? []);
    const ours = await payments.find(reading, { paymentIntentId });
    const stripeRefundId = told.map(({ id }) => id);
    const known = new Map((await refunds.find(reading, { stripeRefundId })).map((row) => [row.stripeRefundId, row]));
    return told.flatMap((refund): Difference[] => {
      const payment = ours.find((row) => row.paymentIntentId === idOf(refund.payment_intent));
      if (!payment?.paymentIntentId || refund.reason === 'expired_uncaptured_charge') return [];
      const row = known.get(refund.id);
      const should = { ...withRefund(row, refund, payment.paymentIntentId), paymentId: payment.id };
      const fields = row ? fieldsOf(row, should) : [];
      if (row && fields.length === 0) return [];
      return [{ kind: 'refund', id: refund.id, paymentId: payment.id, says: refund.status ?? 'unknown', fields }];
    });
  }

  repair(tx: EntityManager, refund: Refund): Promise<void> {
    return this.record.add(tx, refund, { cause: 'reconcile', at: new Date(refund.created * 1_000) });
  }
}
