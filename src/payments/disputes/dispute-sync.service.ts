import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { lockKeys } from '../../database/sql.js';
import { Table } from '../../database/table.js';
import type { Dispute } from '../../stripe/stripe.types.js';
import { type DisputeState, laterDisputeState } from '../state/dispute-state.js';
import type { FactSource } from '../state/payment-facts.js';
import { PaymentDispute } from '../store/dispute.entity.js';
import { earliest } from '../store/payment-row.js';
import { PaymentStore } from '../store/payment-store.service.js';
import { Payment } from '../store/payment.entity.js';
import { balanceOfDispute, dueByOf, openedAt, paymentIntentOf, stateOfDispute } from './read-dispute.js';

/** A snapshot of a dispute, and what brought it: its facts are to be stored. */
export interface DisputeUpdate extends FactSource {
  dispute: Dispute;
  /** What happened to the money, where the event is about that. */
  money?: 'withdrawn' | 'reinstated' | undefined;
}

const payments = new Table(Payment);

/** Stores the facts of disputes. They may come in any order, any number of times. */
@Injectable()
export class DisputeSync {
  constructor(private readonly store: PaymentStore) {}

  /** A dispute without a Payment Intent is skipped: this app did not make its charge. */
  async add(tx: EntityManager, update: DisputeUpdate): Promise<void> {
    const paymentIntentId = paymentIntentOf(update.dispute);
    if (!paymentIntentId) return;
    await lockKeys(tx, [paymentIntentId]);
    const [payment] = await payments.findToChange(tx, { paymentIntentId });
    const known = await tx.findOneBy(PaymentDispute, { id: update.dispute.id });
    const row = withDisputeUpdate(known, update, paymentIntentId);
    await tx.upsert(PaymentDispute, { ...row, paymentId: payment?.id ?? row.paymentId }, ['id']);
    if (payment) await this.store.refresh(tx, payment, { cause: update.cause, at: update.at });
  }
}

/** The row of a dispute after an update. The order and the number of updates do not change the result. */
export function withDisputeUpdate(
  known: PaymentDispute | null,
  { dispute, at, money }: DisputeUpdate,
  paymentIntentId: string,
): PaymentDispute {
  const state = stateOfDispute(dispute, at);
  const balance = balanceOfDispute(dispute, at);
  return {
    id: dispute.id,
    paymentId: known?.paymentId ?? null,
    paymentIntentId,
    ...stateColumns(known ? laterDisputeState(known, state) : state),
    dueBy: latest(known?.dueBy, dueByOf(dispute)), // may be extended, and disappears once it has passed
    withdrawnAt: latest(known?.withdrawnAt, balance.withdrawnAt, money === 'withdrawn' ? at : null),
    reinstatedAt: latest(known?.reinstatedAt, balance.reinstatedAt, money === 'reinstated' ? at : null),
    // Stripe settles a currency in one other. Should there ever be two, sorting picks the same one in any order.
    balanceCurrency: [known?.balanceCurrency, balance.balanceCurrency].filter(isKnown).toSorted().at(-1) ?? null,
    withdrawnSum: Math.max(known?.withdrawnSum ?? 0, balance.withdrawnSum),
    reinstatedSum: Math.max(known?.reinstatedSum ?? 0, balance.reinstatedSum),
    createdAt: earliest(known?.createdAt ?? null, openedAt(dispute) ?? at) ?? at,
  };
}

/** The columns that the latest snapshot decides. */
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

/** The latest of some times; `null` where there is none. */
const latest = (...moments: (Date | null | undefined)[]): Date | null =>
  moments.reduce<Date | null>((last, moment) => (moment && (!last || moment > last) ? moment : last), null);
