import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, IsNull, Not, type Repository } from 'typeorm';
import { inChunks } from '../../database/sql.js';
import { PaymentDispute } from '../disputes/dispute.entity.js';
import { awaitsEvidence } from '../disputes/dispute-rank.js';
import { Payment } from '../ledger/payment.entity.js';
import { type DisputeSummary, summarizeDispute } from './payment.summary.js';

/** A dispute and whose payment it is about. */
export interface DisputedPayment extends DisputeSummary {
  paymentId: string;
  email: string;
}

/** Reads disputes of payments of this app; writes nothing. */
@Injectable()
export class DisputeReader {
  constructor(
    @InjectRepository(PaymentDispute) private readonly disputes: Repository<PaymentDispute>,
    @InjectRepository(Payment) private readonly payments: Repository<Payment>,
  ) {}

  /** Those that wait for evidence first, the next deadline on top; then the others, newest first. */
  async list(): Promise<DisputedPayment[]> {
    const found = await this.disputes.find({
      where: { paymentId: Not(IsNull()) },
      order: { createdAt: 'DESC', id: 'DESC' },
    });
    const ids = [...new Set(found.flatMap(({ paymentId }) => paymentId ?? []))];
    const payments = await inChunks(ids, (some) => this.payments.findBy({ id: In(some) }));
    const emails = new Map(payments.map(({ id, email }) => [id, email]));
    return found
      .toSorted((a, b) => (deadline(a) === deadline(b) ? 0 : deadline(a) - deadline(b)))
      .map((dispute) => {
        const paymentId = dispute.paymentId ?? '';
        return { ...summarizeDispute(dispute), paymentId, email: emails.get(paymentId) ?? '' };
      });
  }
}

/** Milliseconds since 1970; never, where none is waited for. */
const deadline = ({ status, dueBy }: PaymentDispute): number =>
  awaitsEvidence(status) && dueBy ? dueBy.getTime() : Infinity;
