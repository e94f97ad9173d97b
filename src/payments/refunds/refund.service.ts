import { randomUUID } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Env } from '../../config/env.js';
import { Table } from '../../database/table.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { StripeRefusedError, StripeUnavailableError } from '../../stripe/stripe.errors.js';
import { StripeService } from '../../stripe/stripe.service.js';
import type { Refund } from '../../stripe/stripe.types.js';
import { FulfilmentError } from '../fulfilment/fulfilment.service.js';
import { invalidAmountReason, roundedDown } from '../state/money.js';
import { isRefundReason, readRefundStatus, type RefundReason } from '../state/refund-state.js';
import { PaymentStore } from '../store/payment-store.service.js';
import { Payment } from '../store/payment.entity.js';
import { PaymentRefund } from '../store/charge.entity.js';
import { madeAt, RefundSync } from './refund-sync.service.js';
import { Clock } from '../../time/clock.js';

/** The result of a refund request. Amounts in minor units of `currency`. */
export type RefundResult =
  | { outcome: 'refunded'; refundId: string; amount: number; currency: string; pending: boolean }
  /** Stripe refused it or it failed at once; `reason` is Stripe's code. */
  | { outcome: 'declined'; reason: string }
  /** Stripe did not answer: the refund is reserved, and `UnfinishedRefunds` finishes it. */
  | { outcome: 'queued' }
  | { outcome: 'unknown_payment' }
  | { outcome: 'too_much'; refundable: number; currency: string }
  /** Stripe accepts no such amount in this currency; `reason` is a sentence that says which it accepts. */
  | { outcome: 'not_possible_amount'; reason: string; refundable: number; currency: string }
  /** The customer has requested `limit` refunds of the payment, which is the maximum. */
  | { outcome: 'too_many'; limit: number };

/** How many refunds of one payment a customer may request, whatever their results. Operators have no limit. */
export const MAX_REFUNDS_BY_CUSTOMER = 20;

/** Which payment to refund, and how much of it. */
export interface RefundRequest {
  /** A payment of these owners (`ownersOf`), or for operators any payment by its id. */
  payment: { userId: string | readonly string[]; checkoutSessionId: string } | { id: string };
  /** Who requests it: a user's id, or `command line` with the operator's name. Defaults to the payment's owner. */
  requestedBy?: string | undefined;
  /** Minor units of the payment's currency. Defaults to all that is left. */
  amount?: number | undefined;
  /** Defaults to `requested_by_customer`. */
  reason?: RefundReason | undefined;
}

interface ReservedRefund {
  row: PaymentRefund;
  currency: string;
}
type NotReserved = Extract<
  RefundResult,
  { outcome: 'unknown_payment' | 'too_much' | 'not_possible_amount' | 'too_many' }
>;
/** Stripe's answer, and the time for which it holds, by Stripe's clock. */
interface Answer {
  refund: Refund;
  at: Date;
}

const payments = new Table(Payment);

/** Refunds payments. Each refund is reserved in the database, then made at Stripe, then its result is stored: a crash loses nothing. */
@Injectable()
export class RefundService {
  private readonly logger = new Logger('Payments');

  constructor(
    private readonly env: Env,
    private readonly units: UnitOfWork,
    private readonly stripe: StripeService,
    private readonly store: PaymentStore,
    private readonly refunds: RefundSync,
    private readonly clock: Clock,
  ) {}

  /** Reserves and makes a refund. `cause` is for the payment's history. */
  async request(request: RefundRequest, cause = 'refund requested'): Promise<RefundResult> {
    const reserved = await this.units.run((tx) => this.reserve(tx, request));
    if ('outcome' in reserved) return reserved;
    return this.execute(reserved, () => this.createAtStripe(reserved.row), cause);
  }

  /**
   * Finishes a refund that was reserved earlier. Looks for it at Stripe first: Stripe forgets an idempotency key after 24 hours
   * (https://docs.stripe.com/api/idempotent_requests), and the same call would then refund twice.
   */
  finish(row: PaymentRefund, currency: string): Promise<RefundResult> {
    const findOrCreate = async () => (await this.findAtStripe(row)) ?? (await this.createAtStripe(row));
    return this.execute({ row, currency }, findOrCreate, 'refund requested');
  }

  private async findAtStripe(row: PaymentRefund): Promise<Answer | undefined> {
    const isIt = ({ metadata }: Refund) => metadata?.refund_id === row.id;
    const at = this.clock.now();
    const refund = await this.stripe.findRefund(row.paymentIntentId, isIt).catch((error: unknown) => {
      // Only the creation of the refund can be refused. A refused search says nothing about it.
      throw error instanceof StripeRefusedError ? new StripeUnavailableError(error.call, error.reason) : error;
    });
    return refund && { refund, at };
  }

  private async execute(
    { row, currency }: ReservedRefund,
    call: () => Promise<Answer>,
    cause: string,
  ): Promise<RefundResult> {
    try {
      const { refund, at } = await call();
      await this.units.run((tx) => this.refunds.add(tx, refund, { cause, at }, row.id));
      return resultOf(refund, currency);
    } catch (error) {
      if (error instanceof StripeRefusedError) return this.storeRefusal(row, error);
      if (!(error instanceof StripeUnavailableError || error instanceof FulfilmentError)) throw error;
      this.logger.warn(`Refund ${row.id} is not finished and will be tried again: ${error.message}`);
      return { outcome: 'queued' };
    }
  }

  /** Checks and reserves the amount in one transaction, so that concurrent refunds never exceed what is left. */
  private async reserve(tx: EntityManager, request: RefundRequest): Promise<NotReserved | ReservedRefund> {
    const [payment] = await payments.findToChange(tx, request.payment);
    if (!payment) return { outcome: 'unknown_payment' };
    const { currency, paymentIntentId } = payment;
    const refundable = roundedDown((await this.store.stateOf(tx, payment)).refundable, currency);
    const amount = request.amount ?? refundable;
    const reason = invalidAmountReason(amount, currency);
    if (reason) return { outcome: 'not_possible_amount', reason, refundable, currency };
    if (amount > refundable || amount === 0 || !paymentIntentId) return { outcome: 'too_much', refundable, currency };
    const requestedBy = request.requestedBy ?? payment.userId;
    if ('userId' in request.payment && (await hasReachedLimit(tx, payment, requestedBy)))
      return { outcome: 'too_many', limit: MAX_REFUNDS_BY_CUSTOMER };
    const now = this.clock.now();
    const row: PaymentRefund = {
      id: randomUUID(),
      paymentId: payment.id,
      paymentIntentId,
      stripeRefundId: null,
      amount,
      status: 'requested',
      statusAt: now,
      reason: request.reason ?? 'requested_by_customer',
      failureReason: null,
      requestedBy,
      hasTransaction: null,
      createdAt: now,
      learnedAt: now,
    };
    await tx.insert(PaymentRefund, row);
    return { row, currency };
  }

  /** The answer holds for the time of the refund's creation: an idempotency key replays the first answer. */
  private async createAtStripe(row: PaymentRefund): Promise<Answer> {
    const refund = await this.stripe.createRefund({
      paymentIntentId: row.paymentIntentId,
      amount: row.amount,
      reason: isRefundReason(row.reason) ? row.reason : 'requested_by_customer',
      metadata: { app_name: this.env.appName, payment_id: row.paymentId ?? '', refund_id: row.id },
      idempotencyKey: `refund_${row.id}`,
    });
    return { refund, at: madeAt(refund) ?? this.clock.now() };
  }

  private async storeRefusal(row: PaymentRefund, error: StripeRefusedError): Promise<RefundResult> {
    this.logger.warn(`Refund ${row.id} was refused: ${error.message}`);
    const failureReason = error.code ?? 'refused';
    await this.units.run((tx) =>
      tx.update(
        PaymentRefund,
        { id: row.id, status: 'requested' },
        { status: 'refused', statusAt: this.clock.now(), failureReason },
      ),
    );
    return { outcome: 'declined', reason: failureReason };
  }
}

async function hasReachedLimit(tx: EntityManager, { id }: Payment, requestedBy: string): Promise<boolean> {
  return (await tx.countBy(PaymentRefund, { paymentId: id, requestedBy })) >= MAX_REFUNDS_BY_CUSTOMER;
}

function resultOf({ id, amount, status, failure_reason: reason }: Refund, currency: string): RefundResult {
  const state = readRefundStatus(status);
  if (state === 'failed' || state === 'canceled') return { outcome: 'declined', reason: reason ?? state };
  return { outcome: 'refunded', refundId: id, amount, currency, pending: state !== 'succeeded' };
}
