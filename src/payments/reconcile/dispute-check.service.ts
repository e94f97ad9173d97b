import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { EntityManager, Repository } from 'typeorm';
import { Table } from '../../database/table.js';
import { idOf } from '../../stripe/id-of.js';
import type { Dispute } from '../../stripe/stripe.types.js';
import { PaymentDispute } from '../disputes/dispute.entity.js';
import { readDisputeStatus, takesMoney } from '../disputes/dispute-rank.js';
import { type DisputeNews, DisputeRecord, withNews } from '../disputes/dispute-record.service.js';
import { Payment } from '../ledger/payment.entity.js';
import { type Check, type Difference, fieldsOf } from './check.js';

const payments = new Table(Payment);
const disputes = new Table(PaymentDispute);

/** Disputes of payments that are here. */
@Injectable()
export class DisputeCheck implements Check<Dispute> {
  readonly name = 'disputes';

  constructor(
    private readonly record: DisputeRecord,
    @InjectRepository(Payment) private readonly rows: Repository<Payment>,
  ) {}

  async compare(told: readonly Dispute[]): Promise<Difference[]> {
    const reading = this.rows.manager;
    const paymentIntentId = told.flatMap((dispute) => idOf(dispute.payment_intent) ?? []);
    const ours = await payments.find(reading, { paymentIntentId });
    const known = new Map((await disputes.find(reading, { id: told.map(({ id }) => id) })).map((row) => [row.id, row]));
    return told.flatMap((dispute): Difference[] => {
      const payment = ours.find((row) => row.paymentIntentId === idOf(dispute.payment_intent));
      if (!payment?.paymentIntentId) return [];
      const intent = payment.paymentIntentId;
      const row = known.get(dispute.id) ?? null;
      const should = newsOf(dispute, row).reduce((so, news) => withNews(so, news, intent), row);
      const fields = row && should ? fieldsOf(row, { ...should, paymentId: payment.id }) : [];
      if (row && fields.length === 0) return [];
      return [{ kind: 'dispute', id: dispute.id, paymentId: payment.id, says: dispute.status, fields }];
    });
  }

  async repair(tx: EntityManager, dispute: Dispute): Promise<void> {
    const known = await disputes.findOne(tx, { id: dispute.id });
    for (const news of newsOf(dispute, known ?? null)) await this.record.add(tx, news);
  }
}

/**
 * What a dispute that was looked up tells. Its money is not told of: it leaves when a dispute that is no inquiry is opened,
 * and comes back when that is won. What is known already is not told again, since its events know the moment.
 */
function newsOf(dispute: Dispute, known: PaymentDispute | null): DisputeNews[] {
  const status = readDisputeStatus(dispute.status);
  const [opened, now] = [new Date(dispute.created * 1_000), new Date()];
  const at = known?.status === status ? known.statusAt : now;
  const told = { dispute, cause: 'reconcile' };
  const withdrawn = (takesMoney(status) || status === 'won') && !known?.withdrawnAt;
  const reinstated = status === 'won' && !known?.reinstatedAt;
  return [
    { ...told, at },
    ...(withdrawn ? [{ ...told, at: opened, money: 'withdrawn' as const }] : []),
    ...(reinstated ? [{ ...told, at: now, money: 'reinstated' as const }] : []),
  ];
}
