import { Injectable } from '@nestjs/common';
import { type EntityManager, IsNull } from 'typeorm';
import { lockKeys } from '../../database/sql.js';
import { Table } from '../../database/table.js';
import { idOf } from '../../stripe/stripe-fields.js';
import type { Refund } from '../../stripe/stripe.types.js';
import { type FactSource, isUndone } from '../state/payment-facts.js';
import { laterRefundState, readRefundStatus } from '../state/refund-state.js';
import { PaymentStore } from '../store/payment-store.service.js';
import { Payment } from '../store/payment.entity.js';
import { PaymentRefund } from '../store/charge.entity.js';
import { Clock } from '../../time/clock.js';

const payments = new Table(Payment);

/** Stores the facts of refunds. Events and our own calls to Stripe both bring them, in any order, any number of times. */
@Injectable()
export class RefundSync {
  constructor(
    private readonly store: PaymentStore,
    private readonly clock: Clock,
  ) {}

  /**
   * A refund without a Payment Intent is skipped, and so is the release of an authorization.
   * @param reservedId the id of the row that was reserved before the refund was requested here
   */
  async add(
    tx: EntityManager,
    refund: Refund,
    source: FactSource,
    reservedId = refund.metadata?.refund_id,
  ): Promise<void> {
    const paymentIntentId = idOf(refund.payment_intent);
    if (!paymentIntentId) return; // this app did not make its charge
    if (isRelease(refund)) return;
    await lockKeys(tx, [paymentIntentId]);
    const [payment] = await payments.findToChange(tx, { paymentIntentId });
    const known = await this.find(tx, refund.id, paymentIntentId, reservedId);
    const row = withRefund(known, refund, paymentIntentId, { at: source.at, learnedAt: this.clock.now() });
    row.paymentId = payment?.id ?? row.paymentId;
    await tx.upsert(PaymentRefund, row, ['id']);
    // Whoever requested a refund is not the one who made it fail.
    const actor = isUndone(row) ? undefined : (row.requestedBy ?? undefined);
    if (payment) await this.store.refresh(tx, payment, { ...source, actor: source.actor ?? actor });
  }

  /** The row that holds this refund already: found by Stripe's id, or by ours, which was sent along with the request. */
  private async find(
    tx: EntityManager,
    stripeRefundId: string,
    paymentIntentId: string,
    reservedId: string | undefined,
  ): Promise<PaymentRefund | null> {
    const known = await tx.findOneBy(PaymentRefund, { stripeRefundId });
    if (!reservedId || known?.id === reservedId) return known;
    const reserved = await tx.findOneBy(PaymentRefund, { id: reservedId, paymentIntentId, stripeRefundId: IsNull() });
    if (!reserved || !known) return known ?? reserved;
    await tx.delete(PaymentRefund, { id: reservedId }); // stored by an event that did not name our id: keep one row
    return { ...known, requestedBy: reserved.requestedBy, learnedAt: reserved.learnedAt };
  }
}

/** Whether it is no refund but the release of an authorization that ran out: Stripe reports both as refunds. */
export const isRelease = ({ reason }: Refund): boolean => reason === 'expired_uncaptured_charge';

/** The row of a refund after a snapshot of it. `at`: the time of the snapshot, by Stripe's clock; `learnedAt`: now. */
export function withRefund(
  known: PaymentRefund | null | undefined,
  refund: Refund,
  paymentIntentId: string,
  { at, learnedAt }: { at: Date; learnedAt: Date },
): PaymentRefund {
  // Until Stripe has named the refund, the row only says what was requested.
  const named = known?.stripeRefundId ? known : undefined;
  const state = { status: readRefundStatus(refund.status), statusAt: at };
  const before = named && { status: named.status, statusAt: named.statusAt ?? named.createdAt };
  return {
    id: known?.id ?? refund.id,
    paymentId: known?.paymentId ?? null,
    paymentIntentId,
    stripeRefundId: refund.id,
    amount: known?.amount ?? refund.amount,
    ...(before ? laterRefundState(before, state) : state),
    reason: known?.reason ?? refund.reason ?? null,
    failureReason: refund.failure_reason ?? named?.failureReason ?? null,
    requestedBy: known?.requestedBy ?? null,
    hasTransaction: known?.hasTransaction || (hasTransaction(refund) ?? known?.hasTransaction ?? null),
    createdAt: named?.createdAt ?? madeAt(refund) ?? at,
    learnedAt: known ? known.learnedAt : learnedAt,
  };
}

/** Whether a refund names a balance transaction; `undefined` where it may still get one. */
function hasTransaction({ balance_transaction: transaction, status }: Refund): boolean | undefined {
  if (transaction) return true;
  return transaction === null && status === 'succeeded' ? false : undefined;
}

/** When Stripe made the refund, by its clock; `undefined` where it does not say. */
export const madeAt = ({ created }: Refund): Date | undefined =>
  Number.isSafeInteger(created) ? new Date(created * 1_000) : undefined;
