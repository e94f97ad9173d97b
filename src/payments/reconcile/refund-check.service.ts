import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { EntityManager, Repository } from 'typeorm';
import { Table } from '../../database/table.js';
import { idOf } from '../../stripe/stripe-fields.js';
import type { Refund } from '../../stripe/stripe.types.js';
import { isRelease, madeAt, RefundSync, withRefund } from '../refunds/refund-sync.service.js';
import { readRefundStatus } from '../state/refund-state.js';
import { Payment } from '../store/payment.entity.js';
import { PaymentRefund } from '../store/refund.entity.js';
import { type Check, type Difference, fieldsOf } from './check.js';

const payments = new Table(Payment);
const refundRows = new Table(PaymentRefund);

/** Compares the refunds of payments that are here. */
@Injectable()
export class RefundCheck implements Check<Refund> {
  readonly name = 'refunds';

  constructor(
    private readonly refunds: RefundSync,
    @InjectRepository(Payment) private readonly rows: Repository<Payment>,
  ) {}

  async compare(refunds: readonly Refund[]): Promise<Difference[]> {
    const reading = this.rows.manager;
    const paymentIntentId = refunds.flatMap((refund) => idOf(refund.payment_intent) ?? []);
    const ours = await payments.find(reading, { paymentIntentId });
    const stripeRefundId = refunds.map(({ id }) => id);
    const known = new Map((await refundRows.find(reading, { stripeRefundId })).map((row) => [row.stripeRefundId, row]));
    return refunds.flatMap((refund): Difference[] => {
      const payment = ours.find((row) => row.paymentIntentId === idOf(refund.payment_intent));
      if (!payment?.paymentIntentId || isRelease(refund)) return [];
      const row = known.get(refund.id);
      const should = {
        ...withRefund(row, refund, payment.paymentIntentId, readAt(refund, row)),
        paymentId: payment.id,
      };
      const fields = row ? fieldsOf(row, should) : [];
      if (row && fields.length === 0) return [];
      return [{ kind: 'refund', id: refund.id, paymentId: payment.id, says: refund.status ?? 'unknown', fields }];
    });
  }

  async repair(tx: EntityManager, refund: Refund): Promise<void> {
    const known = await refundRows.findOne(tx, { stripeRefundId: refund.id });
    await this.refunds.add(tx, refund, { cause: 'reconcile', at: readAt(refund, known) });
  }
}

/** Since when a refund has its present status: the time of the event that reported the same status, else now. */
function readAt(refund: Refund, known: PaymentRefund | undefined): Date {
  const status = readRefundStatus(refund.status);
  if (known?.status === status) return known.statusAt ?? known.createdAt;
  return (status === 'succeeded' ? madeAt(refund) : undefined) ?? new Date();
}
