import { randomUUID } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Env } from '../config/env.js';
import { Table } from '../database/table.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { StripeRefusedError, StripeUnavailableError } from '../stripe/stripe.errors.js';
import { StripeService } from '../stripe/stripe.service.js';
import type { Refund } from '../stripe/stripe.types.js';
import { PaymentLedger } from './payment-ledger.service.js';
import { Payment } from './payment.entity.js';
import { RefundRecord } from './refund-record.service.js';
import { PaymentRefund } from './refund.entity.js';

/** What became of a wish for a refund. Amounts in minor units. */
export type RefundResult =
  | { outcome: 'refunded'; amount: number; currency: string; pending: boolean }
  | { outcome: 'declined'; reason: string }
  /** Stripe could not be asked: it is written down, and finished by itself. */
  | { outcome: 'queued' }
  | { outcome: 'unknown_payment' }
  | { outcome: 'too_much'; refundable: number; currency: string };

/** Who asks, for which payment, and how much: all that is left, where `amount` is left out. */
export interface RefundWish {
  userId: string;
  checkoutSessionId: string;
  amount?: number | undefined;
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

  async request(wish: RefundWish): Promise<RefundResult> {
    const written = await this.units.run((tx) => this.writeDown(tx, wish));
    if ('outcome' in written) return written;
    return this.carryOut(written, () => this.askStripe(written.row));
  }

  /**
   * Finishes a refund that was written down earlier. Looks for it at Stripe first: an idempotency key is forgotten after
   * 24 hours (https://docs.stripe.com/api/idempotent_requests), and then the same call would refund twice.
   */
  finish(row: PaymentRefund, currency: string): Promise<RefundResult> {
    return this.carryOut({ row, currency }, async () => (await this.findAtStripe(row)) ?? this.askStripe(row));
  }

  private findAtStripe(row: PaymentRefund): Promise<Refund | undefined> {
    const isIt = ({ metadata }: Refund) => metadata?.refund_id === row.id;
    return this.stripe.findRefund(row.paymentIntentId, isIt).catch((error: unknown) => {
      // A "no" to the question is no answer to it: only the refund itself can be refused.
      throw error instanceof StripeRefusedError ? new StripeUnavailableError(error.call, error.reason) : error;
    });
  }

  private async carryOut({ row, currency }: WrittenRefund, ask: () => Promise<Refund>): Promise<RefundResult> {
    try {
      const refund = await ask();
      await this.units.run((tx) => this.record.add(tx, refund, 'refund requested', row.id));
      return { outcome: 'refunded', amount: refund.amount, currency, pending: refund.status === 'pending' };
    } catch (error) {
      if (error instanceof StripeRefusedError) return this.noteRefusal(row, error);
      if (!(error instanceof StripeUnavailableError)) throw error;
      this.logger.warn(`Refund ${row.id} is not finished and is tried again: ${error.message}`);
      return { outcome: 'queued' };
    }
  }

  /** Checks and holds the amount in one transaction, so that refunds at once never exceed what is left. */
  private async writeDown(tx: EntityManager, wish: RefundWish): Promise<WrittenDown> {
    const { checkoutSessionId, userId } = wish;
    const [payment] = await payments.findToChange(tx, { checkoutSessionId, userId });
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
