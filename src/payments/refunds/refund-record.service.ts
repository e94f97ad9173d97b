import { Injectable } from '@nestjs/common';
import { type EntityManager, IsNull } from 'typeorm';
import { inTurn } from '../../database/in-turn.js';
import { Table } from '../../database/table.js';
import { idOf } from '../../stripe/id-of.js';
import type { Refund } from '../../stripe/stripe.types.js';
import { Payment } from '../ledger/payment.entity.js';
import { type FactSource, PaymentLedger } from '../ledger/payment-ledger.service.js';
import { PaymentRefund } from './refund.entity.js';
import { laterRefundStatus, readRefundStatus } from './refund-rank.js';

const payments = new Table(Payment);

/** Turns what Stripe says of a refund into facts. Events and our own calls both come here, in any order. */
@Injectable()
export class RefundRecord {
  constructor(private readonly ledger: PaymentLedger) {}

  /** `ours` is the id of the row that was written down before the refund was asked for here. */
  async add(tx: EntityManager, refund: Refund, source: FactSource, ours = refund.metadata?.refund_id): Promise<void> {
    const paymentIntentId = idOf(refund.payment_intent);
    if (!paymentIntentId) return; // of a bare charge: nothing that this app makes
    if (refund.reason === 'expired_uncaptured_charge') return; // releases what was never captured: no money moved
    await inTurn(tx, [paymentIntentId]);
    const [payment] = await payments.findToChange(tx, { paymentIntentId });
    const known = await this.find(tx, refund.id, paymentIntentId, ours);
    const row = withRefund(known, refund, paymentIntentId);
    row.paymentId = payment?.id ?? row.paymentId;
    await tx.upsert(PaymentRefund, row, ['id']);
    if (payment) await this.ledger.refresh(tx, payment, source);
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
    const asked = { id: ours, stripeRefundId: IsNull() };
    if (!known) return tx.findOneBy(PaymentRefund, { ...asked, paymentIntentId });
    await tx.delete(PaymentRefund, asked); // told of before we knew it for ours: one row is enough
    return known;
  }
}

/** The row of a refund once this is told. */
export function withRefund(
  known: PaymentRefund | null | undefined,
  refund: Refund,
  paymentIntentId: string,
): PaymentRefund {
  const told = readRefundStatus(refund.status);
  return {
    id: known?.id ?? refund.id,
    paymentId: known?.paymentId ?? null,
    paymentIntentId,
    stripeRefundId: refund.id,
    amount: known?.amount ?? refund.amount,
    // Before Stripe named it, its state was only our guess of how the call went.
    status: known?.stripeRefundId ? laterRefundStatus(known.status, told) : told,
    reason: known?.reason ?? refund.reason,
    failureReason: refund.failure_reason ?? known?.failureReason ?? null,
    createdAt: known?.createdAt ?? new Date(refund.created * 1_000),
  };
}
