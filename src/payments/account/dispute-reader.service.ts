import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, IsNull, Not, type Repository } from 'typeorm';
import { inChunks } from '../../database/sql.js';
import { awaitsEvidence } from '../state/dispute-state.js';
import { KEPT_STATUSES } from '../state/payment-facts.js';
import { ChargeFacts } from '../store/charge.entity.js';
import { EarlyFraudWarningRow, PaymentDispute } from '../store/dispute.entity.js';
import { Payment } from '../store/payment.entity.js';
import { type DisputeSummary, summarizeDispute } from './payment.summary.js';

/** A dispute with the payment it is about. */
export interface DisputedPayment extends DisputeSummary {
  paymentId: string;
  email: string;
}

/** Reads the disputes of this app's payments. Writes nothing. */
@Injectable()
export class DisputeReader {
  constructor(
    @InjectRepository(PaymentDispute) private readonly disputes: Repository<PaymentDispute>,
    @InjectRepository(Payment) private readonly payments: Repository<Payment>,
  ) {}

  /** Disputes that need evidence first, by deadline; then the others, newest first. */
  async list(): Promise<DisputedPayment[]> {
    const found = await this.disputes.find({
      where: { paymentId: Not(IsNull()) },
      order: { createdAt: 'DESC', id: 'DESC' },
    });
    const ids = [...new Set(found.flatMap(({ paymentId }) => paymentId ?? []))];
    const payments = await inChunks(ids, (some) => this.payments.findBy({ id: In(some) }));
    const emails = new Map(payments.map(({ id, email }) => [id, email]));
    return found
      .toSorted((a, b) => (deadline(a) === deadline(b) ? 0 : deadline(a) - deadline(b)))
      .map((dispute) => {
        const paymentId = dispute.paymentId ?? '';
        return { ...summarizeDispute(dispute), paymentId, email: emails.get(paymentId) ?? '' };
      });
  }
}

/** Milliseconds since 1970; `Infinity` where no evidence is needed. */
const deadline = ({ status, dueBy }: PaymentDispute): number =>
  awaitsEvidence(status) && dueBy ? dueBy.getTime() : Infinity;

/** An early fraud warning. For operators, never for the customer. */
export interface EarlyFraudWarningSummary {
  id: string;
  /** Stripe's fraud type, such as `made_with_stolen_card`. */
  fraudType: string;
  /** Whether a refund still helps. */
  actionable: boolean;
  createdAt: Date;
}

/** A warning with the payment to refund. Amounts in minor units of `currency`. */
export interface WarnedPayment extends EarlyFraudWarningSummary {
  paymentId: string;
  email: string;
  amount: number;
  amountRefunded: number;
  currency: string;
}

/** Reads the early fraud warnings of this app's payments. Writes nothing. */
@Injectable()
export class EarlyFraudWarnings {
  constructor(
    @InjectRepository(EarlyFraudWarningRow) private readonly warnings: Repository<EarlyFraudWarningRow>,
    @InjectRepository(ChargeFacts) private readonly charges: Repository<ChargeFacts>,
    @InjectRepository(Payment) private readonly payments: Repository<Payment>,
  ) {}

  /** Warnings for which a refund still helps, newest first: Stripe says so, and the payment is neither disputed nor fully refunded. */
  async list(): Promise<WarnedPayment[]> {
    const found = await this.warnings.find({ where: { actionable: true }, order: { createdAt: 'DESC', id: 'DESC' } });
    const intents = await this.intentsOf(found);
    const payments = await inChunks([...new Set(intents.values())], (some) =>
      this.payments.findBy({ paymentIntentId: In(some), status: In(KEPT_STATUSES) }),
    );
    const byIntent = new Map(payments.map((payment) => [payment.paymentIntentId, payment]));
    return found.flatMap((warning) => {
      const payment = byIntent.get(intents.get(warning.id) ?? '');
      if (!payment) return [];
      const { id: paymentId, email, amount, amountRefunded, currency } = payment;
      return [{ ...summarizeWarning(warning), paymentId, email, amount, amountRefunded, currency }];
    });
  }

  /** The warnings of Payment Intents, by the Payment Intent's id; each list oldest first. */
  async of(paymentIntentIds: readonly string[]): Promise<Map<string, EarlyFraudWarningSummary[]>> {
    const charges = await inChunks(paymentIntentIds, (some) => this.charges.findBy({ paymentIntentId: In(some) }));
    const chargeIds = charges.flatMap(({ chargeId }) => chargeId ?? []);
    const found = [
      ...(await inChunks(paymentIntentIds, (some) => this.warnings.findBy({ paymentIntentId: In(some) }))),
      ...(await inChunks(chargeIds, (some) => this.warnings.findBy({ chargeId: In(some) }))),
    ];
    const unique = [...new Map(found.map((warning) => [warning.id, warning])).values()];
    const intents = await this.intentsOf(unique);
    const summaries = new Map<string, EarlyFraudWarningSummary[]>();
    for (const warning of unique.toSorted((a, b) => +a.createdAt - +b.createdAt || (a.id < b.id ? -1 : 1))) {
      const intent = intents.get(warning.id) ?? '';
      summaries.set(intent, [...(summaries.get(intent) ?? []), summarizeWarning(warning)]);
    }
    return summaries;
  }

  /** The Payment Intent of each warning, by the warning's id; found by the charge where the warning names only that. */
  private async intentsOf(warnings: readonly EarlyFraudWarningRow[]): Promise<Map<string, string>> {
    const unnamed = warnings.flatMap(({ paymentIntentId, chargeId }) => (paymentIntentId ? [] : (chargeId ?? [])));
    const charges = await inChunks(unnamed, (some) => this.charges.findBy({ chargeId: In(some) }));
    const byCharge = new Map(charges.map(({ chargeId, paymentIntentId }) => [chargeId, paymentIntentId]));
    return new Map(
      warnings.map(({ id, paymentIntentId, chargeId }) => [id, paymentIntentId ?? byCharge.get(chargeId) ?? '']),
    );
  }
}

const summarizeWarning = ({ id, fraudType, actionable, createdAt }: EarlyFraudWarningRow) => ({
  id,
  fraudType,
  actionable,
  createdAt,
});
