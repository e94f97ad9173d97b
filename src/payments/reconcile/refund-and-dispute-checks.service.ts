import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { EntityManager, Repository } from 'typeorm';
import { Table } from '../../database/table.js';
import { idOf } from '../../stripe/stripe-fields.js';
import type { Dispute, Refund } from '../../stripe/stripe.types.js';
import {
  DisputeSync,
  type DisputeUpdate,
  missingInDispute,
  openedAt,
  paymentIntentOf,
  stateOfDispute,
  withDisputeUpdate,
} from '../disputes/dispute-sync.service.js';
import { isRelease, madeAt, RefundSync, withRefund } from '../refunds/refund-sync.service.js';
import { withdrawsByDefault } from '../state/dispute-state.js';
import { readRefundStatus } from '../state/refund-state.js';
import { PaymentDispute } from '../store/dispute.entity.js';
import { Payment } from '../store/payment.entity.js';
import { PaymentRefund } from '../store/charge.entity.js';
import { type Check, type Difference, fieldsOf } from './check.js';

const payments = new Table(Payment);
const refundRows = new Table(PaymentRefund);
const disputeRows = new Table(PaymentDispute);

/** Compares the refunds of payments that are here. */
@Injectable()
export class RefundCheck implements Check<Refund> {
  readonly name = 'refunds';

  constructor(
    private readonly refunds: RefundSync,
    @InjectRepository(Payment) private readonly rows: Repository<Payment>,
  ) {}

  async compare(refunds: readonly Refund[], readAt: Date): Promise<Difference[]> {
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
        ...withRefund(row, refund, payment.paymentIntentId, { at: since(refund, row, readAt), learnedAt: readAt }),
        paymentId: payment.id,
      };
      const fields = row ? fieldsOf(row, should) : [];
      if (row && fields.length === 0) return [];
      return [{ kind: 'refund', id: refund.id, paymentId: payment.id, says: refund.status ?? 'unknown', fields }];
    });
  }

  async repair(tx: EntityManager, refund: Refund, readAt: Date): Promise<void> {
    const known = await refundRows.findOne(tx, { stripeRefundId: refund.id });
    await this.refunds.add(tx, refund, { cause: 'reconcile', at: since(refund, known, readAt) });
  }
}

/** Since when a refund has its present status: the time of the event that reported the same status, else when it was read. */
function since(refund: Refund, known: PaymentRefund | undefined, readAt: Date): Date {
  const status = readRefundStatus(refund.status);
  if (known?.status === status) return known.statusAt ?? known.createdAt;
  return (status === 'succeeded' ? madeAt(refund) : undefined) ?? readAt;
}

/** Compares the disputes of payments that are here. */
@Injectable()
export class DisputeCheck implements Check<Dispute> {
  readonly name = 'disputes';

  constructor(
    private readonly disputes: DisputeSync,
    @InjectRepository(Payment) private readonly rows: Repository<Payment>,
  ) {}

  async compare(listed: readonly Dispute[], readAt: Date): Promise<Difference[]> {
    const reading = this.rows.manager;
    const readable = listed.filter((dispute) => !missingInDispute(dispute));
    const paymentIntentId = readable.flatMap((dispute) => paymentIntentOf(dispute) ?? []);
    const ours = await payments.find(reading, { paymentIntentId });
    const known = new Map(
      (await disputeRows.find(reading, { id: readable.map(({ id }) => id) })).map((row) => [row.id, row]),
    );
    return readable.flatMap((dispute): Difference[] => {
      const payment = ours.find((row) => row.paymentIntentId === paymentIntentOf(dispute));
      if (!payment?.paymentIntentId) return [];
      const intent = payment.paymentIntentId;
      const row = known.get(dispute.id) ?? null;
      const should = toDisputeUpdates(dispute, row, readAt).reduce(
        (before, update) => withDisputeUpdate(before, update, intent),
        row,
      );
      const fields = row && should ? fieldsOf(row, { ...should, paymentId: payment.id }) : [];
      if (row && fields.length === 0) return [];
      return [{ kind: 'dispute', id: dispute.id, paymentId: payment.id, says: dispute.status, fields }];
    });
  }

  async repair(tx: EntityManager, dispute: Dispute, readAt: Date): Promise<void> {
    const known = await disputeRows.findOne(tx, { id: dispute.id });
    for (const update of toDisputeUpdates(dispute, known ?? null, readAt)) await this.disputes.add(tx, update);
  }
}

/**
 * The updates that follow from a dispute as it is at Stripe now. Its balance transactions say what happened to the money. Without
 * that list, money is assumed to leave when a dispute (not an inquiry) opens, and to return when it is won. Movements that are
 * known already are left out, since their events had the exact times.
 */
function toDisputeUpdates(dispute: Dispute, known: PaymentDispute | null, readAt: Date): DisputeUpdate[] {
  const { status, caseType } = stateOfDispute(dispute, readAt);
  const at = known?.status === status ? known.statusAt : readAt;
  const common = { dispute, cause: 'reconcile' };
  const isListed = Array.isArray(dispute.balance_transactions);
  const withdrawn = !isListed && (withdrawsByDefault({ status, caseType }) || status === 'won') && !known?.withdrawnAt;
  const reinstated = !isListed && status === 'won' && !known?.reinstatedAt;
  return [
    { ...common, at },
    ...(withdrawn ? [{ ...common, at: openedAt(dispute) ?? readAt, money: 'withdrawn' as const }] : []),
    ...(reinstated ? [{ ...common, at: readAt, money: 'reinstated' as const }] : []),
  ];
}
