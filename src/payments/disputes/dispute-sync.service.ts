import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { lockKeys } from '../../database/sql.js';
import { Table } from '../../database/table.js';
import type { Dispute } from '../../stripe/stripe.types.js';
import { earliest } from '../store/payment-row.js';
import { Payment } from '../store/payment.entity.js';
import { PaymentStore } from '../store/payment-store.service.js';
import { PaymentDispute } from '../store/dispute.entity.js';
import { type DisputeState, laterDisputeState } from '../state/dispute-state.js';
import {
  balanceOfDispute,
  dueByOf,
  missingOfDispute,
  openedAt,
  paymentIntentOf,
  stateOfDispute,
} from './read-dispute.js';

/** What tells of a dispute, and when that was by Stripe's clock. */
export interface DisputeUpdate {
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
export class DisputeSync {
  constructor(private readonly ledger: PaymentStore) {}

  async add(tx: EntityManager, news: DisputeUpdate): Promise<void> {
    const paymentIntentId = missingOfDispute(news.dispute) ? undefined : paymentIntentOf(news.dispute);
    if (!paymentIntentId) return;
    await lockKeys(tx, [paymentIntentId]);
    const [payment] = await payments.findToChange(tx, { paymentIntentId });
    const known = await tx.findOneBy(PaymentDispute, { id: news.dispute.id });
    const row = withDisputeUpdate(known, news, paymentIntentId);
    await tx.upsert(PaymentDispute, { ...row, paymentId: payment?.id ?? row.paymentId }, ['id']);
    if (payment) await this.ledger.refresh(tx, payment, { cause: news.cause, at: news.at });
  }
}

/** The row of a dispute once this is told: the same, whatever the order in which its news come, and however often. */
export function withDisputeUpdate(
  known: PaymentDispute | null,
  { dispute, at, money }: DisputeUpdate,
  paymentIntentId: string,
): PaymentDispute {
  const told = stateOfDispute(dispute, at);
  const balance = balanceOfDispute(dispute, at);
  return {
    id: dispute.id,
    paymentId: known?.paymentId ?? null,
    paymentIntentId,
    ...stateColumns(known ? laterDisputeState(known, told) : told),
    dueBy: latest(known?.dueBy, dueByOf(dispute)), // may be put off, and is gone from the object once it has passed
    withdrawnAt: latest(known?.withdrawnAt, balance.withdrawnAt, money === 'withdrawn' ? at : null),
    reinstatedAt: latest(known?.reinstatedAt, balance.reinstatedAt, money === 'reinstated' ? at : null),
    // One account settles a currency in one other; were it ever two, the same one has to win in any order.
    balanceCurrency: [known?.balanceCurrency, balance.balanceCurrency].filter(isKnown).toSorted().at(-1) ?? null,
    withdrawnSum: Math.max(known?.withdrawnSum ?? 0, balance.withdrawnSum),
    reinstatedSum: Math.max(known?.reinstatedSum ?? 0, balance.reinstatedSum),
    createdAt: earliest(known?.createdAt ?? null, openedAt(dispute) ?? at) ?? at,
  };
}

/** Of a row, only what its latest snapshot says. */
const stateColumns = ({ status, statusAt, amount, currency, reason, caseType, isChargeRefundable }: DisputeState) => ({
  status,
  statusAt,
  amount,
  currency,
  reason,
  caseType,
  isChargeRefundable,
});

const isKnown = (text: string | null | undefined): text is string => typeof text === 'string';

/** The last of some moments; `null` where there is none. */
const latest = (...moments: (Date | null | undefined)[]): Date | null =>
  moments.reduce<Date | null>((last, moment) => (moment && (!last || moment > last) ? moment : last), null);
