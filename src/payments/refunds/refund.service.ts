import { randomUUID } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Env } from '../../config/env.js';
import { Table } from '../../database/table.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { StripeRefusedError, StripeUnavailableError } from '../../stripe/stripe.errors.js';
import { StripeService } from '../../stripe/stripe.service.js';
import type { Refund } from '../../stripe/stripe.types.js';
import { FulfilmentError } from '../fulfilment/fulfilment.error.js';
import { Payment } from '../ledger/payment.entity.js';
import { PaymentLedger } from '../ledger/payment-ledger.service.js';
import { PaymentRefund } from './refund.entity.js';
import { readRefundStatus } from './refund-rank.js';
import { isRefundReason, type RefundReason } from './refund-reason.js';
import { RefundRecord } from './refund-record.service.js';

/** What became of a wish for a refund. Amounts in minor units. */
export type RefundResult =
  | { outcome: 'refunded'; refundId: string; amount: number; currency: string; pending: boolean }
  | { outcome: 'declined'; reason: string }
  /** Stripe could not be asked: it is written down, and finished by itself. */
  | { outcome: 'queued' }
  | { outcome: 'unknown_payment' }
  | { outcome: 'too_much'; refundable: number; currency: string };

/** For which payment, and how much: all that is left, where `amount` is left out. */
export interface RefundWish {
  /** Of these owners only (`ownersOf`); or any, by its id, for the seller. */
  payment: { userId: string | readonly string[]; checkoutSessionId: string } | { id: string };
  amount?: number | undefined;
  /** Defaults to `requested_by_customer`. */
  reason?: RefundReason | undefined;
}

interface WrittenRefund {
  row: PaymentRefund;
  currency: string;
}
type WrittenDown = Extract<RefundResult, { outcome: 'unknown_payment' | 'too_much' }> | WrittenRefund;

const payments = new Table(Payment);

/** Gives money back. Written down first, then asked of Stripe, then its result stored: a crash in between loses nothing. */
@Injectable()
export class RefundService {
  private readonly logger = new Logger('Payments');

  constructor(
    private readonly env: Env,
    private readonly units: UnitOfWork,
    private readonly stripe: StripeService,
    private readonly ledger: PaymentLedger,
    private readonly record: RefundRecord,
  ) {}

  /** `cause` is who asks, for the payment's history. */
  async request(wish: RefundWish, cause = 'refund requested'): Promise<RefundResult> {
    const written = await this.units.run((tx) => this.writeDown(tx, wish));
    if ('outcome' in written) return written;
    return this.carryOut(written, () => this.askStripe(written.row), cause);
  }

  /**
   * Finishes a refund that was written down earlier. Looks for it at Stripe first: an idempotency key is forgotten after
   * 24 hours (https://docs.stripe.com/api/idempotent_requests), and then the same call would refund twice.
   */
  finish(row: PaymentRefund, currency: string): Promise<RefundResult> {
    const ask = async () => (await this.findAtStripe(row)) ?? (await this.askStripe(row));
    return this.carryOut({ row, currency }, ask, 'refund requested');
  }

  private findAtStripe(row: PaymentRefund): Promise<Refund | undefined> {
    const isIt = ({ metadata }: Refund) => metadata?.refund_id === row.id;
    return this.stripe.findRefund(row.paymentIntentId, isIt).catch((error: unknown) => {
      // A "no" to the question is no answer to it: only the refund itself can be refused.
      throw error instanceof StripeRefusedError ? new StripeUnavailableError(error.call, error.reason) : error;
    });
  }

  private async carryOut(
    { row, currency }: WrittenRefund,
    ask: () => Promise<Refund>,
    cause: string,
  ): Promise<RefundResult> {
    try {
      const refund = await ask();
      const source = { cause, at: new Date(refund.created * 1_000) };
      await this.units.run((tx) => this.record.add(tx, refund, source, row.id));
      return resultOf(refund, currency);
    } catch (error) {
      if (error instanceof StripeRefusedError) return this.noteRefusal(row, error);
      if (!(error instanceof StripeUnavailableError || error instanceof FulfilmentError)) throw error;
      this.logger.warn(`Refund ${row.id} is not finished and is tried again: ${error.message}`);
      return { outcome: 'queued' };
    }
  }

  /** Checks and holds the amount in one transaction, so that refunds at once never exceed what is left. */
  private async writeDown(tx: EntityManager, wish: RefundWish): Promise<WrittenDown> {
    const [payment] = await payments.findToChange(tx, wish.payment);
    if (!payment) return { outcome: 'unknown_payment' };
    const { currency, paymentIntentId } = payment;
    const { refundable } = await this.ledger.stateOf(tx, payment);
    const amount = wish.amount ?? refundable;
    if (amount > refundable || amount === 0 || !paymentIntentId) return { outcome: 'too_much', refundable, currency };
    const row: PaymentRefund = {
      id: randomUUID(),
      paymentId: payment.id,
      paymentIntentId,
      stripeRefundId: null,
      amount,
      status: 'requested',
      reason: wish.reason ?? 'requested_by_customer',
      failureReason: null,
      createdAt: new Date(),
    };
    await tx.insert(PaymentRefund, row);
    return { row, currency };
  }

  private askStripe(row: PaymentRefund): Promise<Refund> {
    return this.stripe.createRefund({
      paymentIntentId: row.paymentIntentId,
      amount: row.amount,
      reason: isRefundReason(row.reason) ? row.reason : 'requested_by_customer',
      metadata: { app_name: this.env.appName, payment_id: row.paymentId ?? '', refund_id: row.id },
      idempotencyKey: `refund_${row.id}`,
    });
  }

  private async noteRefusal(row: PaymentRefund, error: StripeRefusedError): Promise<RefundResult> {
    this.logger.warn(`Refund ${row.id} was refused: ${error.message}`);
    const failureReason = error.code ?? 'refused';
    await this.units.run((tx) =>
      tx.update(PaymentRefund, { id: row.id, status: 'requested' }, { status: 'refused', failureReason }),
    );
    return { outcome: 'declined', reason: failureReason };
  }
}

function resultOf({ id, amount, status, failure_reason: reason }: Refund, currency: string): RefundResult {
  const told = readRefundStatus(status);
  if (told === 'failed' || told === 'canceled') return { outcome: 'declined', reason: reason ?? told };
  return { outcome: 'refunded', refundId: id, amount, currency, pending: told !== 'succeeded' };
}
