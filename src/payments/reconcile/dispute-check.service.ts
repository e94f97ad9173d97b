import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { EntityManager, Repository } from 'typeorm';
import { Table } from '../../database/table.js';
import type { Dispute } from '../../stripe/stripe.types.js';
import { type DisputeUpdate, DisputeSync, withDisputeUpdate } from '../disputes/dispute-sync.service.js';
import { missingInDispute, openedAt, paymentIntentOf, stateOfDispute } from '../disputes/read-dispute.js';
import { withdrawsByDefault } from '../state/dispute-money.js';
import { PaymentDispute } from '../store/dispute.entity.js';
import { Payment } from '../store/payment.entity.js';
import { type Check, type Difference, fieldsOf } from './check.js';

const paymentRows = new Table(Payment);
const disputeRows = new Table(PaymentDispute);

/** Compares the disputes of payments that are here. */
@Injectable()
export class DisputeCheck implements Check<Dispute> {
  readonly name = 'disputes';

  constructor(
    private readonly disputes: DisputeSync,
    @InjectRepository(Payment) private readonly rows: Repository<Payment>,
  ) {}

  async compare(listed: readonly Dispute[]): Promise<Difference[]> {
    const reading = this.rows.manager;
    const readable = listed.filter((dispute) => !missingInDispute(dispute));
    const paymentIntentId = readable.flatMap((dispute) => paymentIntentOf(dispute) ?? []);
    const ours = await paymentRows.find(reading, { paymentIntentId });
    const known = new Map(
      (await disputeRows.find(reading, { id: readable.map(({ id }) => id) })).map((row) => [row.id, row]),
    );
    return readable.flatMap((dispute): Difference[] => {
      const payment = ours.find((row) => row.paymentIntentId === paymentIntentOf(dispute));
      if (!payment?.paymentIntentId) return [];
      const intent = payment.paymentIntentId;
      const row = known.get(dispute.id) ?? null;
      const should = toDisputeUpdates(dispute, row).reduce(
        (before, update) => withDisputeUpdate(before, update, intent),
        row,
      );
      const fields = row && should ? fieldsOf(row, { ...should, paymentId: payment.id }) : [];
      if (row && fields.length === 0) return [];
      return [{ kind: 'dispute', id: dispute.id, paymentId: payment.id, says: dispute.status, fields }];
    });
  }

  async repair(tx: EntityManager, dispute: Dispute): Promise<void> {
    const known = await disputeRows.findOne(tx, { id: dispute.id });
    for (const update of toDisputeUpdates(dispute, known ?? null)) await this.disputes.add(tx, update);
  }
}

/**
 * The updates that follow from a dispute as it is at Stripe now. Its balance transactions say what happened to the money. Without
 * that list, money is assumed to leave when a dispute (not an inquiry) opens, and to return when it is won. Movements that are
 * known already are left out, since their events had the exact times.
 */
function toDisputeUpdates(dispute: Dispute, known: PaymentDispute | null): DisputeUpdate[] {
  const now = new Date();
  const { status, caseType } = stateOfDispute(dispute, now);
  const at = known?.status === status ? known.statusAt : now;
  const common = { dispute, cause: 'reconcile' };
  const isListed = Array.isArray(dispute.balance_transactions);
  const withdrawn = !isListed && (withdrawsByDefault({ status, caseType }) || status === 'won') && !known?.withdrawnAt;
  const reinstated = !isListed && status === 'won' && !known?.reinstatedAt;
  return [
    { ...common, at },
    ...(withdrawn ? [{ ...common, at: openedAt(dispute) ?? now, money: 'withdrawn' as const }] : []),
    ...(reinstated ? [{ ...common, at: now, money: 'reinstated' as const }] : []),
  ];
}
