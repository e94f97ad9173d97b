import { Injectable } from '@nestjs/common';
import { type EntityManager, IsNull } from 'typeorm';
import { lockKeys } from '../../database/sql.js';
import { Table } from '../../database/table.js';
import { idOf } from '../../stripe/stripe-fields.js';
import type { Refund } from '../../stripe/stripe.types.js';
import { Payment } from '../store/payment.entity.js';
import { type FactSource, PaymentStore } from '../store/payment-store.service.js';
import { isUndone } from '../state/payment-status.js';
import { PaymentRefund } from '../store/refund.entity.js';
import { laterRefundState, readRefundStatus } from '../state/refund-state.js';

const payments = new Table(Payment);

/** Turns what Stripe says of a refund into facts. Events and our own calls both come here, in any order. */
@Injectable()
export class RefundSync {
  constructor(private readonly ledger: PaymentStore) {}

  /** `ours` is the id of the row that was written down before the refund was asked for here. */
  async add(tx: EntityManager, refund: Refund, source: FactSource, ours = refund.metadata?.refund_id): Promise<void> {
    const paymentIntentId = idOf(refund.payment_intent);
    if (!paymentIntentId) return; // of a bare charge: nothing that this app makes
    if (isRelease(refund)) return;
    await lockKeys(tx, [paymentIntentId]);
    const [payment] = await payments.findToChange(tx, { paymentIntentId });
    const known = await this.find(tx, refund.id, paymentIntentId, ours);
    const row = withRefund(known, refund, paymentIntentId, source.at);
    row.paymentId = payment?.id ?? row.paymentId;
    await tx.upsert(PaymentRefund, row, ['id']);
    // Who asked for a refund did not make it fail.
    const actor = isUndone(row) ? undefined : (row.requestedBy ?? undefined);
    if (payment) await this.ledger.refresh(tx, payment, { ...source, actor: source.actor ?? actor });
  }

  /** The row that holds this refund already: by Stripe's id, or by ours, which went along when it was asked for. */
  private async find(
    tx: EntityManager,
    stripeRefundId: string,
    paymentIntentId: string,
    ours: string | undefined,
  ): Promise<PaymentRefund | null> {
    const known = await tx.findOneBy(PaymentRefund, { stripeRefundId });
    if (!ours || known?.id === ours) return known;
    const asked = await tx.findOneBy(PaymentRefund, { id: ours, paymentIntentId, stripeRefundId: IsNull() });
    if (!asked || !known) return known ?? asked;
    await tx.delete(PaymentRefund, { id: ours }); // it came before we knew it for ours: one row is enough
    return { ...known, requestedBy: asked.requestedBy, learnedAt: asked.learnedAt };
  }
}

/** Why nothing can be stored of a refund; `undefined` where something can. */
export function faultOfRefund(refund: Refund): string | undefined {
  const { id, payment_intent, amount } = refund;
  if (typeof id !== 'string' || id === '') return 'the refund has no id';
  if (!idOf(payment_intent)) return 'the refund names no Payment Intent: it is of no payment of this app';
  if (!Number.isSafeInteger(amount) || amount <= 0) return 'the refund has no amount in whole minor units';
  return isRelease(refund) ? 'it releases what was never captured: no money moved' : undefined;
}

/** Stripe calls it a refund, too, when an authorization runs out. */
export const isRelease = ({ reason }: Refund): boolean => reason === 'expired_uncaptured_charge';

/** The row of a refund once Stripe has said this of it. `at`: when it was so, by Stripe's clock. */
export function withRefund(
  known: PaymentRefund | null | undefined,
  refund: Refund,
  paymentIntentId: string,
  at: Date,
): PaymentRefund {
  // Before Stripe named it, all but who asked was only our guess of how the call went.
  const named = known?.stripeRefundId ? known : undefined;
  const said = { status: readRefundStatus(refund.status), statusAt: at };
  const before = named && { status: named.status, statusAt: named.statusAt ?? named.createdAt };
  return {
    id: known?.id ?? refund.id,
    paymentId: known?.paymentId ?? null,
    paymentIntentId,
    stripeRefundId: refund.id,
    amount: known?.amount ?? refund.amount,
    ...(before ? laterRefundState(before, said) : said),
    reason: known?.reason ?? refund.reason ?? null,
    failureReason: refund.failure_reason ?? named?.failureReason ?? null,
    requestedBy: known?.requestedBy ?? null,
    hasTransaction: known?.hasTransaction === 1 ? 1 : (transactionOf(refund) ?? known?.hasTransaction ?? null),
    createdAt: named?.createdAt ?? madeAt(refund) ?? at,
    learnedAt: known ? known.learnedAt : new Date(),
  };
}

/** Whether a refund that succeeded moved money; `undefined` where that is not said. */
function transactionOf({ balance_transaction: transaction, status }: Refund): number | undefined {
  if (transaction) return 1;
  return transaction === null && status === 'succeeded' ? 0 : undefined;
}

/** When Stripe made it; `undefined` where it does not say. */
export const madeAt = ({ created }: Refund): Date | undefined =>
  Number.isSafeInteger(created) ? new Date(created * 1_000) : undefined;
