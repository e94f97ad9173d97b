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
import { Payment } from '../store/payment.entity.js';
import { PaymentStore } from '../store/payment-store.service.js';
import { invalidAmountReason, roundedDown } from '../state/money.js';
import { PaymentRefund } from '../store/refund.entity.js';
import { isRefundReason, readRefundStatus, type RefundReason } from '../state/refund-state.js';
import { madeAt, RefundSync } from './refund-sync.service.js';

/** What became of a wish for a refund. Amounts in minor units. */
export type RefundResult =
  | { outcome: 'refunded'; refundId: string; amount: number; currency: string; pending: boolean }
  | { outcome: 'declined'; reason: string }
  /** Stripe could not be asked: it is written down, and finished by itself. */
  | { outcome: 'queued' }
  | { outcome: 'unknown_payment' }
  | { outcome: 'too_much'; refundable: number; currency: string }
  /** Stripe takes no such amount in this currency: `reason` says which it takes. */
  | { outcome: 'not_possible_amount'; reason: string; refundable: number; currency: string }
  /** The customer has asked for this many refunds of the payment, and can ask for no more. */
  | { outcome: 'too_many'; limit: number };

/** How often a customer may ask for a refund of one payment, whatever became of it. An operator may always. */
export const MAX_REFUNDS_BY_CUSTOMER = 20;

/** For which payment, and how much: all that is left, where `amount` is left out. */
export interface RefundRequest {
  /** Of these owners only (`ownersOf`); or any, by its id, for the seller. */
  payment: { userId: string | readonly string[]; checkoutSessionId: string } | { id: string };
  /** Who asks: a user's id, or `command line` with the operator's name. Defaults to the payment's owner. */
  requestedBy?: string | undefined;
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
/** What Stripe answered, and when that was so by its clock. */
interface Answer {
  refund: Refund;
  at: Date;
}

const payments = new Table(Payment);

/** Gives money back. Written down first, then asked of Stripe, then its result stored: a crash in between loses nothing. */
@Injectable()
export class RefundService {
  private readonly logger = new Logger('Payments');

  constructor(
    private readonly env: Env,
    private readonly units: UnitOfWork,
    private readonly stripe: StripeService,
    private readonly ledger: PaymentStore,
    private readonly record: RefundSync,
  ) {}

  /** `cause` is for the payment's history. */
  async request(wish: RefundRequest, cause = 'refund requested'): Promise<RefundResult> {
    const written = await this.units.run((tx) => this.reserve(tx, wish));
    if ('outcome' in written) return written;
    return this.execute(written, () => this.askStripe(written.row), cause);
  }

  /**
   * Finishes a refund that was written down earlier. Looks for it at Stripe first: an idempotency key is forgotten after
   * 24 hours (https://docs.stripe.com/api/idempotent_requests), and then the same call would refund twice.
   */
  finish(row: PaymentRefund, currency: string): Promise<RefundResult> {
    const ask = async () => (await this.findAtStripe(row)) ?? (await this.askStripe(row));
    return this.execute({ row, currency }, ask, 'refund requested');
  }

  private async findAtStripe(row: PaymentRefund): Promise<Answer | undefined> {
    const isIt = ({ metadata }: Refund) => metadata?.refund_id === row.id;
    const at = new Date();
    const refund = await this.stripe.findRefund(row.paymentIntentId, isIt).catch((error: unknown) => {
      // A "no" to the question is no answer to it: only the refund itself can be refused.
      throw error instanceof StripeRefusedError ? new StripeUnavailableError(error.call, error.reason) : error;
    });
    return refund && { refund, at };
  }

  private async execute(
    { row, currency }: ReservedRefund,
    ask: () => Promise<Answer>,
    cause: string,
  ): Promise<RefundResult> {
    try {
      const { refund, at } = await ask();
      await this.units.run((tx) => this.record.add(tx, refund, { cause, at }, row.id));
      return resultOf(refund, currency);
    } catch (error) {
      if (error instanceof StripeRefusedError) return this.noteRefusal(row, error);
      if (!(error instanceof StripeUnavailableError || error instanceof FulfilmentError)) throw error;
      this.logger.warn(`Refund ${row.id} is not finished and is tried again: ${error.message}`);
      return { outcome: 'queued' };
    }
  }

  /** Checks and holds the amount in one transaction, so that refunds at once never exceed what is left. */
  private async reserve(tx: EntityManager, wish: RefundRequest): Promise<NotReserved | ReservedRefund> {
    const [payment] = await payments.findToChange(tx, wish.payment);
    if (!payment) return { outcome: 'unknown_payment' };
    const { currency, paymentIntentId } = payment;
    const refundable = roundedDown((await this.ledger.stateOf(tx, payment)).refundable, currency);
    const amount = wish.amount ?? refundable;
    const reason = invalidAmountReason(amount, currency);
    if (reason) return { outcome: 'not_possible_amount', reason, refundable, currency };
    if (amount > refundable || amount === 0 || !paymentIntentId) return { outcome: 'too_much', refundable, currency };
    const requestedBy = wish.requestedBy ?? payment.userId;
    if ('userId' in wish.payment && (await hasAskedTooOften(tx, payment, requestedBy)))
      return { outcome: 'too_many', limit: MAX_REFUNDS_BY_CUSTOMER };
    const now = new Date();
    const row: PaymentRefund = {
      id: randomUUID(),
      paymentId: payment.id,
      paymentIntentId,
      stripeRefundId: null,
      amount,
      status: 'requested',
      statusAt: now,
      reason: wish.reason ?? 'requested_by_customer',
      failureReason: null,
      requestedBy,
      hasTransaction: null,
      createdAt: now,
      learnedAt: now,
    };
    await tx.insert(PaymentRefund, row);
    return { row, currency };
  }

  /** As it was when Stripe made it: an idempotency key replays the first answer. */
  private async askStripe(row: PaymentRefund): Promise<Answer> {
    const refund = await this.stripe.createRefund({
      paymentIntentId: row.paymentIntentId,
      amount: row.amount,
      reason: isRefundReason(row.reason) ? row.reason : 'requested_by_customer',
      metadata: { app_name: this.env.appName, payment_id: row.paymentId ?? '', refund_id: row.id },
      idempotencyKey: `refund_${row.id}`,
    });
    return { refund, at: madeAt(refund) ?? new Date() };
  }

  private async noteRefusal(row: PaymentRefund, error: StripeRefusedError): Promise<RefundResult> {
    this.logger.warn(`Refund ${row.id} was refused: ${error.message}`);
    const failureReason = error.code ?? 'refused';
    await this.units.run((tx) =>
      tx.update(
        PaymentRefund,
        { id: row.id, status: 'requested' },
        { status: 'refused', statusAt: new Date(), failureReason },
      ),
    );
    return { outcome: 'declined', reason: failureReason };
  }
}

async function hasAskedTooOften(tx: EntityManager, { id }: Payment, requestedBy: string): Promise<boolean> {
  return (await tx.countBy(PaymentRefund, { paymentId: id, requestedBy })) >= MAX_REFUNDS_BY_CUSTOMER;
}

function resultOf({ id, amount, status, failure_reason: reason }: Refund, currency: string): RefundResult {
  const told = readRefundStatus(status);
  if (told === 'failed' || told === 'canceled') return { outcome: 'declined', reason: reason ?? told };
  return { outcome: 'refunded', refundId: id, amount, currency, pending: told !== 'succeeded' };
}
