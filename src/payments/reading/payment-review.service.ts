import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { IsNull, Not, type Repository } from 'typeorm';
import { Payment } from '../ledger/payment.entity.js';
import { formatAmount } from '../money.js';

/** A payment that only a person can decide about, and why. `amount` in minor units. */
export interface PaymentToReview extends Pick<
  Payment,
  'id' | 'email' | 'amount' | 'currency' | 'status' | 'createdAt'
> {
  /** Sentences that say what was seen and what to do. */
  reasons: string[];
}

/** Finds what an operator should look at; writes nothing. */
@Injectable()
export class PaymentReview {
  constructor(@InjectRepository(Payment) private readonly payments: Repository<Payment>) {}

  /** Newest first. */
  async list(): Promise<PaymentToReview[]> {
    const unexplained = await this.payments.find({
      where: { unexplainedAt: Not(IsNull()), acceptedAt: IsNull() },
      order: { createdAt: 'DESC' },
    });
    return unexplained.map((payment) => ({ ...pick(payment), reasons: [unexplainedReason(payment)] }));
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

function unexplainedReason(payment: Payment): string {
  const { id, requestedAmount, requestedCurrency, chargedAmount, chargedCurrency } = payment;
  const asked = formatAmount(requestedAmount ?? 0, requestedCurrency ?? '');
  const charged = formatAmount(chargedAmount ?? 0, chargedCurrency ?? '');
  return `asked for ${asked}, charged ${charged}, and nothing explains it: payments accept ${id} settles it, or refund it in the Dashboard`;
}
