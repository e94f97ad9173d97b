import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { lockKeys } from '../../database/sql.js';
import { Table } from '../../database/table.js';
import { fromUnixSeconds, identifierOf, idOf, missingField } from '../../stripe/stripe-fields.js';
import type { Dispute } from '../../stripe/stripe.types.js';
import { type DisputeFacts, type DisputeState, laterDisputeState, readDisputeStatus } from '../state/dispute-state.js';
import type { FactSource } from '../state/payment-facts.js';
import { PaymentDispute } from '../store/dispute.entity.js';
import { earliest, PaymentStore } from '../store/payment-store.service.js';
import { Payment } from '../store/payment.entity.js';

/** Why no facts can be taken from a dispute; `undefined` where they can. */
export const missingInDispute = (dispute: unknown): string | undefined =>
  missingField('dispute', dispute, {
    id: 'word',
    payment_intent: 'reference',
    amount: 'amount',
    currency: 'word',
    status: 'word',
  });

/** The id of the disputed Payment Intent; `undefined` where the dispute names none. */
export const paymentIntentOf = (dispute: Partial<Dispute>): string | undefined =>
  identifierOf(idOf(dispute.payment_intent));

/** The state of a dispute as it was at `at`, by Stripe's clock. */
export const stateOfDispute = (dispute: Dispute, at: Date): DisputeState => ({
  status: readDisputeStatus(dispute.status),
  statusAt: at,
  amount: dispute.amount,
  currency: dispute.currency.toLowerCase(),
  reason: identifierOf(dispute.reason) ?? 'unknown',
  caseType: identifierOf(dispute.payment_method_details?.card?.case_type) ?? null,
  isChargeRefundable: typeof dispute.is_charge_refundable === 'boolean' ? dispute.is_charge_refundable : null,
});

/** What a dispute's balance transactions say about its money as it was at `at`. Without a list, nothing is known. */
export function balanceOfDispute(
  dispute: Dispute,
  at: Date,
): Pick<DisputeFacts, 'withdrawnAt' | 'reinstatedAt' | 'balanceCurrency' | 'withdrawnSum' | 'reinstatedSum'> {
  const listed: unknown = dispute.balance_transactions;
  const booked = (Array.isArray(listed) ? listed : []).filter(isExpanded);
  const [out, back] = [booked.filter(({ amount }) => amount < 0), booked.filter(({ amount }) => amount > 0)];
  const [balanceCurrency = null, ...others] = new Set(
    booked.map(({ currency }) => identifierOf(currency)?.toLowerCase()),
  );
  const canBeAdded = balanceCurrency !== null && others.length === 0;
  return {
    withdrawnAt: lastOf(out, openedAt(dispute) ?? at),
    reinstatedAt: lastOf(back, at),
    balanceCurrency: canBeAdded ? balanceCurrency : null,
    withdrawnSum: canBeAdded ? sum(out) : 0,
    reinstatedSum: canBeAdded ? sum(back) : 0,
  };
}

/** The deadline for evidence; `null` where the bank takes none (Stripe says 0 or null). */
export const dueByOf = ({ evidence_details: details }: Dispute): Date | null => fromUnixSeconds(details?.due_by);

/** When the dispute was opened, by Stripe's clock; `null` where it does not say. */
export const openedAt = ({ created }: Dispute): Date | null => fromUnixSeconds(created);

interface BalanceTransaction {
  amount: number;
  currency?: unknown;
  created?: unknown;
}

/** Whether the entry is expanded: an id alone has no amount. */
const isExpanded = (entry: unknown): entry is BalanceTransaction =>
  typeof entry === 'object' && entry !== null && 'amount' in entry && Number.isSafeInteger(entry.amount);

const sum = (booked: readonly BalanceTransaction[]): number =>
  booked.reduce((total, { amount }) => total + Math.abs(amount), 0);

/** When the last of them was booked: `undated` where it does not say, `null` where there is none. */
const lastOf = (booked: readonly BalanceTransaction[], undated: Date): Date | null =>
  booked
    .map(({ created }) => fromUnixSeconds(created) ?? undated)
    .reduce<Date | null>((last, moment) => (last && last > moment ? last : moment), null);

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
