import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, IsNull, Not, type Repository } from 'typeorm';
import { inChunks } from '../../database/sql.js';
import { Table } from '../../database/table.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { formatAmount } from '../state/money.js';
import { type PaymentStatus } from '../state/payment-facts.js';
import { isUnexplained } from '../state/payment-status.js';
import { PaymentStore } from '../store/payment-store.service.js';
import { Payment } from '../store/payment.entity.js';
import { EarlyFraudWarnings } from './dispute-reader.service.js';
import { Clock } from '../../time/clock.js';

/** A purchase that was paid twice: before this payment was paid, the same user began others of the price, which were paid too. */
export interface DuplicatePayment {
  paymentId: string;
  /** Ids of paid payments of the same user and price that were begun before this one was paid, oldest first. */
  alsoPaidAs: string[];
  userId: string;
  email: string;
  priceKey: string;
  /** Minor units of `currency`. */
  amount: number;
  currency: string;
  createdAt: Date;
}

/** A Checkout Session is open for a day at most; the hour more allows for clocks that differ. */
const LONGEST_OPEN_MS = 25 * 3_600_000;
/** Stripe's times are rounded down to whole seconds. */
const ROUNDING_MS = 1_000;

/**
 * SQL: the first payment of the same user and price that was still unpaid when `later` was begun. Both must still be paid: once one
 * is fully refunded, nothing is paid twice.
 */
const FIRST_BEFORE = `
  SELECT earlier.id FROM payments earlier
  WHERE earlier.user_id = later.user_id AND earlier.price_key = later.price_key
    AND earlier.status IN ('paid', 'partially_refunded')
    AND earlier.created_at BETWEEN later.created_at - ${LONGEST_OPEN_MS} AND later.created_at
    AND (earlier.created_at, earlier.id) < (later.created_at, later.id)
    AND later.created_at < COALESCE(earlier.processing_at, earlier.settled_at) + ${ROUNDING_MS}
  ORDER BY earlier.created_at, earlier.id LIMIT 1`;

/** SQL: the pairs. Payments that were not started here are left out where their user or price is not known. */
const DUPLICATES = `
  SELECT * FROM (
    SELECT later.id AS duplicate_id, later.created_at AS begun_at, (${FIRST_BEFORE}) AS first_id FROM payments later
    WHERE later.status IN ('paid', 'partially_refunded') AND later.user_id <> '' AND later.price_key <> 'unknown'
      AND later.kind = 'checkout' -- a plan is paid for again and again
  ) pairs WHERE first_id IS NOT NULL ORDER BY begun_at, duplicate_id`;

/** Finds purchases that were paid twice although a customer has only one open checkout of a price. */
@Injectable()
export class DuplicatePayments {
  constructor(@InjectRepository(Payment) private readonly payments: Repository<Payment>) {}

  /** Newest first. Reads every payment: for operators, not for a customer's page. */
  async list(): Promise<DuplicatePayment[]> {
    const pairs: { duplicate_id: string; first_id: string }[] = await this.payments.query(DUPLICATES);
    const duplicates = new Map<string, string[]>();
    for (const { duplicate_id: id, first_id: first } of pairs)
      duplicates.set(first, [...(duplicates.get(first) ?? []), id]);
    const found = await inChunks([...duplicates.keys()], (ids) => this.payments.findBy({ id: In(ids) }));
    return found
      .toSorted((a, b) => +b.createdAt - +a.createdAt)
      .map(({ id, userId, email, priceKey, amount, currency, createdAt }) => {
        const alsoPaidAs = duplicates.get(id) ?? [];
        return { paymentId: id, alsoPaidAs, userId, email, priceKey, amount, currency, createdAt };
      });
  }
}

/** A payment that an operator has to decide about, and why. `amount` in minor units of `currency`. */
export interface PaymentToReview extends Pick<
  Payment,
  'id' | 'email' | 'amount' | 'currency' | 'status' | 'createdAt'
> {
  /** Sentences that say what is wrong and what to do. */
  reasons: string[];
}

/** The result of accepting what was charged. `amount` in minor units of `currency`. */
export type AcceptResult =
  | { outcome: 'accepted'; amount: number; currency: string; status: PaymentStatus }
  | { outcome: 'nothing_to_accept' }
  | { outcome: 'unknown_payment' };

const rows = new Table(Payment);

/** Lists the payments that an operator should look at, and accepts amounts that nothing explains. */
@Injectable()
export class PaymentReview {
  constructor(
    @InjectRepository(Payment) private readonly payments: Repository<Payment>,
    private readonly warnings: EarlyFraudWarnings,
    private readonly duplicates: DuplicatePayments,
    private readonly units: UnitOfWork,
    private readonly store: PaymentStore,
    private readonly clock: Clock,
  ) {}

  /** Newest first. */
  async list(): Promise<PaymentToReview[]> {
    const unexplained = await this.payments.findBy({ unexplainedAt: Not(IsNull()), acceptedAt: IsNull() });
    const reasons = [
      ...unexplained.map((payment) => ({ id: payment.id, reason: unexplainedReason(payment) })),
      ...(await this.warnings.list()).map(({ paymentId: id, fraudType }) => ({
        id,
        reason: fraudReason(id, fraudType),
      })),
      ...(await this.duplicates.list()).map(({ paymentId: id, alsoPaidAs }) => ({
        id,
        reason: twiceReason(alsoPaidAs),
      })),
    ];
    const ids = [...new Set(reasons.map(({ id }) => id))];
    const found = await inChunks(ids, (some) => this.payments.findBy({ id: In(some) }));
    return found
      .toSorted((a, b) => +b.createdAt - +a.createdAt)
      .map((payment) => ({
        ...pick(payment),
        reasons: reasons.filter(({ id }) => id === payment.id).map(({ reason }) => reason),
      }));
  }

  /** Accepts what the session charged and settles the payment. A second call changes nothing. `actor` is for the history. */
  accept(id: string, actor: string): Promise<AcceptResult> {
    return this.units.run(async (tx) => {
      const [payment] = await rows.findToChange(tx, { id });
      if (!payment) return { outcome: 'unknown_payment' };
      if (!isUnexplained(payment)) return { outcome: 'nothing_to_accept' };
      const at = this.clock.now();
      await this.store.add(tx, [{ payment, facts: { acceptedAt: at }, cause: 'accepted', at, actor }]);
      const [{ amount, currency, status } = payment] = await rows.find(tx, { id });
      return { outcome: 'accepted', amount, currency, status };
    });
  }
}

const pick = ({ id, email, amount, currency, status, createdAt }: Payment) => ({
  id,
  email,
  amount,
  currency,
  status,
  createdAt,
});

const fraudReason = (id: string, fraudType: string) =>
  `its card's issuer reports fraud (${fraudType}): refund it before it is disputed: payments refund ${id} --reason fraudulent`;

const twiceReason = (others: readonly string[]) =>
  `paid again while its checkout was open, as ${others.join(', ')}: if it was meant once, refund one: payments refund ${others[0]} --reason duplicate`;

function unexplainedReason(payment: Payment): string {
  const { id, requestedAmount, requestedCurrency, chargedAmount, chargedCurrency } = payment;
  const asked = formatAmount(requestedAmount ?? 0, requestedCurrency ?? '');
  const charged = formatAmount(chargedAmount ?? 0, chargedCurrency ?? '');
  return `asked for ${asked}, charged ${charged}, and nothing explains it: refund it in the Dashboard if it is not wanted, then payments accept ${id}`;
}
