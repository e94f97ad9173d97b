import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { inTurn } from '../../database/in-turn.js';
import { Table } from '../../database/table.js';
import { idOf } from '../../stripe/id-of.js';
import type { Dispute } from '../../stripe/stripe.types.js';
import { earliest } from '../ledger/payment-change.js';
import { Payment } from '../ledger/payment.entity.js';
import { PaymentLedger } from '../ledger/payment-ledger.service.js';
import { PaymentDispute } from './dispute.entity.js';
import { laterDisputeState, readDisputeStatus } from './dispute-rank.js';

/** What tells of a dispute, and when that was by Stripe's clock. */
export interface DisputeNews {
  dispute: Dispute;
  at: Date;
  /** The event's id, or what was done. */
  cause: string;
  /** What the event is about, where it is the money and not the dispute itself. */
  money?: 'withdrawn' | 'reinstated' | undefined;
}

const payments = new Table(Payment);

/** Turns what Stripe says of a dispute into facts, in any order, any number of times. */
@Injectable()
export class DisputeRecord {
  constructor(private readonly ledger: PaymentLedger) {}

  async add(tx: EntityManager, news: DisputeNews): Promise<void> {
    const paymentIntentId = idOf(news.dispute.payment_intent);
    if (!paymentIntentId) return; // of a bare charge: nothing that this app makes
    await inTurn(tx, [paymentIntentId]);
    const [payment] = await payments.findToChange(tx, { paymentIntentId });
    const known = await tx.findOneBy(PaymentDispute, { id: news.dispute.id });
    const row = withNews(known, news, paymentIntentId);
    await tx.upsert(PaymentDispute, { ...row, paymentId: payment?.id ?? row.paymentId }, ['id']);
    if (payment) await this.ledger.refresh(tx, payment, { cause: news.cause, at: news.at });
  }
}

/** The row of a dispute once this is told. */
export function withNews(
  known: PaymentDispute | null,
  { dispute, at, money }: DisputeNews,
  paymentIntentId: string,
): PaymentDispute {
  const { id, amount, currency, reason } = dispute;
  const told = { status: readDisputeStatus(dispute.status), statusAt: at, amount, reason };
  const { status, statusAt, ...details } = known ? laterDisputeState(known, told) : told;
  return {
    id,
    paymentId: known?.paymentId ?? null,
    paymentIntentId,
    amount: details.amount,
    currency,
    reason: details.reason,
    status,
    statusAt,
    dueBy: latest(known?.dueBy ?? null, dueByOf(dispute)),
    withdrawnAt: earliest(known?.withdrawnAt ?? null, money === 'withdrawn' ? at : null),
    reinstatedAt: earliest(known?.reinstatedAt ?? null, money === 'reinstated' ? at : null),
    createdAt: new Date(dispute.created * 1_000),
  };
}

/** Stripe says 0 or null where the bank takes no evidence. */
const dueByOf = ({ evidence_details: details }: Dispute): Date | null =>
  details?.due_by ? new Date(details.due_by * 1_000) : null;

/** A deadline may be put off, and is gone from the dispute once it has passed. */
const latest = (known: Date | null, told: Date | null): Date | null =>
  known && told ? (told > known ? told : known) : (known ?? told);
