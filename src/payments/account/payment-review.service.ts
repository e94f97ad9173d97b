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
import { DuplicatePayments } from './duplicate-payments.service.js';

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
      const at = new Date();
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
