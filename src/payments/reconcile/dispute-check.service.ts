import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { EntityManager, Repository } from 'typeorm';
import { Table } from '../../database/table.js';
import type { Dispute } from '../../stripe/stripe.types.js';
import { PaymentDispute } from '../store/dispute.entity.js';
import { withdrawsByDefault } from '../state/dispute-money.js';
import { type DisputeUpdate, DisputeSync, withDisputeUpdate } from '../disputes/dispute-sync.service.js';
import { missingOfDispute, openedAt, paymentIntentOf, stateOfDispute } from '../disputes/read-dispute.js';
import { Payment } from '../store/payment.entity.js';
import { type Check, type Difference, fieldsOf } from './check.js';

const payments = new Table(Payment);
const disputes = new Table(PaymentDispute);

/** Disputes of payments that are here. */
@Injectable()
export class DisputeCheck implements Check<Dispute> {
  readonly name = 'disputes';

  constructor(
    private readonly record: DisputeSync,
    @InjectRepository(Payment) private readonly rows: Repository<Payment>,
  ) {}

  async compare(listed: readonly Dispute[]): Promise<Difference[]> {
    const reading = this.rows.manager;
    const told = listed.filter((dispute) => !missingOfDispute(dispute));
    const paymentIntentId = told.flatMap((dispute) => paymentIntentOf(dispute) ?? []);
    const ours = await payments.find(reading, { paymentIntentId });
    const known = new Map((await disputes.find(reading, { id: told.map(({ id }) => id) })).map((row) => [row.id, row]));
    return told.flatMap((dispute): Difference[] => {
      const payment = ours.find((row) => row.paymentIntentId === paymentIntentOf(dispute));
      if (!payment?.paymentIntentId) return [];
      const intent = payment.paymentIntentId;
      const row = known.get(dispute.id) ?? null;
      const should = toDisputeUpdates(dispute, row).reduce((so, news) => withDisputeUpdate(so, news, intent), row);
      const fields = row && should ? fieldsOf(row, { ...should, paymentId: payment.id }) : [];
      if (row && fields.length === 0) return [];
      return [{ kind: 'dispute', id: dispute.id, paymentId: payment.id, says: dispute.status, fields }];
    });
  }

  async repair(tx: EntityManager, dispute: Dispute): Promise<void> {
    const known = await disputes.findOne(tx, { id: dispute.id });
    for (const news of toDisputeUpdates(dispute, known ?? null)) await this.record.add(tx, news);
  }
}

/**
 * What a dispute that was looked up tells. Its balance transactions say what became of the money; where there is no such list,
 * it is taken to leave when a dispute that is no inquiry is opened, and to come back when that is won. What is known already
 * is not told again, since its events know the moment.
 */
function toDisputeUpdates(dispute: Dispute, known: PaymentDispute | null): DisputeUpdate[] {
  const now = new Date();
  const { status, caseType } = stateOfDispute(dispute, now);
  const at = known?.status === status ? known.statusAt : now;
  const told = { dispute, cause: 'reconcile' };
  const isListed = Array.isArray(dispute.balance_transactions);
  const withdrawn = !isListed && (withdrawsByDefault({ status, caseType }) || status === 'won') && !known?.withdrawnAt;
  const reinstated = !isListed && status === 'won' && !known?.reinstatedAt;
  return [
    { ...told, at },
    ...(withdrawn ? [{ ...told, at: openedAt(dispute) ?? now, money: 'withdrawn' as const }] : []),
    ...(reinstated ? [{ ...told, at: now, money: 'reinstated' as const }] : []),
  ];
}
