import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, type Repository } from 'typeorm';
import { normalizeEmail } from '../../auth/user.js';
import { Env } from '../../config/env.js';
import { inChunks } from '../../database/sql.js';
import type { PaymentStatus } from '../state/payment-facts.js';
import { safeReceiptUrl } from '../store/charge-sync.service.js';
import { ChargeFacts } from '../store/charge.entity.js';
import { PaymentDispute } from '../store/dispute.entity.js';
import { Payment, PaymentHistory } from '../store/payment.entity.js';
import type { Owners } from '../store/payment-owner.js';
import { EarlyFraudWarnings, type EarlyFraudWarningSummary } from './dispute-reader.service.js';
import { type Cursor, cursorOf, type PaymentDetails, type PaymentSummary, summarize } from './payment.summary.js';
import { NO_REFUNDS, refundsOfPayments } from './refunds-of-payments.js';

/** A payment for operators. */
export interface OperatorPayment extends PaymentDetails {
  /** Oldest first. Not for the customer. */
  earlyFraudWarnings: EarlyFraudWarningSummary[];
}

/** A payment with what only its receipt shows. */
export interface Receipt {
  payment: PaymentDetails;
  /** The address of Stripe's receipt, where the charge has one. */
  receiptUrl: string | null;
  /** Stripe's code for why the last attempt to pay was declined. */
  declineCode: string | null;
}

/** Payments on a page of the account. */
export const PAGE_SIZE = 20;
/** The last refunds of a payment that a page shows; of the others it shows how many there are. */
export const REFUNDS_ON_A_PAGE = 10;
/** For the command line, which shows them all. */
const ALL_REFUNDS = Number.MAX_SAFE_INTEGER;

const newestFirst = { createdAt: 'DESC', id: 'DESC' } as const;
const oldestFirst = { createdAt: 'ASC', id: 'ASC' } as const;

/** Reads payments. Writes nothing. The number of queries does not grow with the number of rows. */
@Injectable()
export class PaymentReader {
  constructor(
    @InjectRepository(Payment) private readonly payments: Repository<Payment>,
    @InjectRepository(PaymentDispute) private readonly disputes: Repository<PaymentDispute>,
    @InjectRepository(PaymentHistory) private readonly history: Repository<PaymentHistory>,
    @InjectRepository(ChargeFacts) private readonly charges: Repository<ChargeFacts>,
    private readonly warnings: EarlyFraudWarnings,
    private readonly env: Env,
  ) {}

  /** The owners' payment of a Checkout Session; `undefined` where there is none or it is somebody else's. */
  async find(owners: Owners, checkoutSessionId: string): Promise<PaymentSummary | undefined> {
    const payment = await this.payments.findOneBy({ userId: In([owners].flat()), checkoutSessionId });
    return payment ? (await this.summaries([payment]))[0] : undefined;
  }

  /** A page of the owners' payments in these statuses (default: all), newest first, with the cursor of the next page if there is one. */
  async page(
    owners: Owners,
    after?: Cursor,
    statuses?: readonly PaymentStatus[],
  ): Promise<{ payments: PaymentSummary[]; next?: string }> {
    const query = this.payments
      .createQueryBuilder('payment')
      .where('payment.userId IN (:...owners)', { owners: [owners].flat() });
    // Comparing the pair lets the database find the page by its index, however far down it is.
    if (after)
      query.andWhere('(payment.createdAt, payment.id) < (:at, :id)', { at: after.createdAt.getTime(), id: after.id });
    if (statuses) query.andWhere('payment.status IN (:...statuses)', { statuses });
    const found = await query
      .orderBy('payment.createdAt', 'DESC')
      .addOrderBy('payment.id', 'DESC')
      .limit(PAGE_SIZE + 1)
      .getMany();
    const shown = found.slice(0, PAGE_SIZE);
    const last = found.length > PAGE_SIZE ? shown.at(-1) : undefined;
    return { payments: await this.summaries(shown), ...(last && { next: cursorOf(last) }) };
  }

  /** Payments with their history, newest first. `total` counts all that match, whatever the limit. Without a limit, all are read. */
  async list(which: { email?: string | undefined; limit?: number | undefined }) {
    const [found, total] = await this.payments.findAndCount({
      // Older rows may hold the address as the login gave it, not normalized.
      where: which.email === undefined ? {} : { email: In([normalizeEmail(which.email), which.email]) },
      order: newestFirst,
      ...(which.limit !== undefined && { take: which.limit }),
    });
    return { payments: await this.forOperator(found), total };
  }

  /** A payment by our id, the Checkout Session's or the Payment Intent's; `undefined` where there is none. For operators. */
  async details(id: string): Promise<OperatorPayment | undefined> {
    const payment = await this.payments.findOneBy([{ id }, { checkoutSessionId: id }, { paymentIntentId: id }]);
    return payment ? (await this.forOperator([payment]))[0] : undefined;
  }

  /** The owners' payment by our id, for its receipt; `undefined` where there is none or it is somebody else's. */
  async receipt(owners: Owners, id: string): Promise<Receipt | undefined> {
    const row = await this.payments.findOneBy({ userId: In([owners].flat()), id });
    const [payment] = row ? await this.detailsOf([row], REFUNDS_ON_A_PAGE) : [];
    if (!payment) return undefined;
    const { paymentIntentId } = payment;
    const charge = paymentIntentId ? await this.charges.findOneBy({ paymentIntentId }) : null;
    return {
      payment,
      receiptUrl: safeReceiptUrl(charge?.receiptUrl, Boolean(this.env.stripe?.apiBase)) ?? null,
      declineCode: charge?.declineCode ?? null,
    };
  }

  private async forOperator(payments: Payment[]): Promise<OperatorPayment[]> {
    const warnings = await this.warnings.of(payments.flatMap(({ paymentIntentId }) => paymentIntentId ?? []));
    return (await this.detailsOf(payments, ALL_REFUNDS)).map((details) => ({
      ...details,
      earlyFraudWarnings: warnings.get(details.paymentIntentId ?? '') ?? [],
    }));
  }

  private async detailsOf(payments: Payment[], refundsOfEach: number): Promise<PaymentDetails[]> {
    const summaries = await this.summaries(payments, refundsOfEach);
    const history = await byPayment(payments, (ids) =>
      this.history.find({ where: { paymentId: In(ids) }, order: { seq: 'ASC' } }),
    );
    return summaries.map((summary) => ({
      ...summary,
      history: (history.get(summary.id) ?? []).map(({ from, to, cause, at, learnedAt, actor }) => ({
        from,
        to,
        cause,
        at,
        learnedAt,
        actor,
      })),
    }));
  }

  private async summaries(payments: Payment[], refundsOfEach = REFUNDS_ON_A_PAGE): Promise<PaymentSummary[]> {
    const ids = payments.map(({ id }) => id);
    const read = async (some: string[]) => [
      ...(await refundsOfPayments(this.payments.manager, some, refundsOfEach)).entries(),
    ];
    const refunds = new Map(await inChunks(ids, read));
    const disputes = await byPayment(payments, (some) =>
      this.disputes.find({ where: { paymentId: In(some) }, order: oldestFirst }),
    );
    return payments.map((payment) =>
      summarize(payment, refunds.get(payment.id) ?? NO_REFUNDS, disputes.get(payment.id) ?? []),
    );
  }
}

/** Reads the rows that belong to payments, by the payment's id, in few queries. */
async function byPayment<Row extends { paymentId: string | null }>(
  payments: readonly Payment[],
  read: (ids: string[]) => Promise<Row[]>,
): Promise<Map<string, Row[]>> {
  const rows = new Map<string, Row[]>(payments.map(({ id }) => [id, []]));
  for (const row of await inChunks([...rows.keys()], read)) rows.get(row.paymentId ?? '')?.push(row);
  return rows;
}
