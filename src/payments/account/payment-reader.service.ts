import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, type Repository } from 'typeorm';
import { normalizeEmail } from '../../auth/email.js';
import { inChunks } from '../../database/sql.js';
import { PaymentDispute } from '../store/dispute.entity.js';
import { Payment } from '../store/payment.entity.js';
import { PaymentHistory } from '../store/payment-history.entity.js';
import { EarlyFraudWarnings, type EarlyFraudWarningSummary } from './dispute-reader.service.js';
import { type PaymentDetails, type PaymentSummary, summarize } from './payment.summary.js';
import { NO_REFUNDS, refundsOfPayments } from './refunds-of-payments.js';

/** Where a page of payments ends: the next one starts after it. */
export interface Cursor {
  createdAt: Date;
  id: string;
}

/** As it stands in an address. */
export const cursorOf = ({ createdAt, id }: Cursor): string =>
  Buffer.from(`${createdAt.getTime()}_${id}`).toString('base64url');

/** `undefined` for anything that `cursorOf` did not make. */
export function readCursor(text: string): Cursor | undefined {
  const [, time, id] = /^(\d{1,15})_([\w-]{1,100})$/.exec(Buffer.from(text, 'base64url').toString('utf8')) ?? [];
  return time && id ? { createdAt: new Date(Number(time)), id } : undefined;
}

/** A payment as the operator sees it. */
export interface OperatorPayment extends PaymentDetails {
  /** What the card's issuer reported, oldest first; not for the customer. */
  earlyFraudWarnings: EarlyFraudWarningSummary[];
}

/** Payments a page of the account. */
export const PAGE_SIZE = 20;
/** Refunds of a payment that a page shows, the last ones; of the others it says how many there are. */
export const REFUNDS_ON_A_PAGE = 10;
/** For the command line, which leaves none out. */
const ALL_REFUNDS = Number.MAX_SAFE_INTEGER;
/** A user's id, or all that `ownersOf` gives. */
export type Owners = string | readonly string[];

const newestFirst = { createdAt: 'DESC', id: 'DESC' } as const;
const oldestFirst = { createdAt: 'ASC', id: 'ASC' } as const;

/** Reads payments; writes nothing. Queries do not grow in number with what they read. */
@Injectable()
export class PaymentReader {
  constructor(
    @InjectRepository(Payment) private readonly payments: Repository<Payment>,
    @InjectRepository(PaymentDispute) private readonly disputes: Repository<PaymentDispute>,
    @InjectRepository(PaymentHistory) private readonly history: Repository<PaymentHistory>,
    private readonly warnings: EarlyFraudWarnings,
  ) {}

  /** A payment of one of these owners (`ownersOf`); `undefined` where there is none, or it is somebody else's. */
  async find(owners: Owners, checkoutSessionId: string): Promise<PaymentSummary | undefined> {
    const payment = await this.payments.findOneBy({ userId: In([owners].flat()), checkoutSessionId });
    return payment ? (await this.summaries([payment]))[0] : undefined;
  }

  /** A page of these owners' payments, newest first, and the cursor of the next page where there is one. */
  async page(owners: Owners, after?: Cursor): Promise<{ payments: PaymentSummary[]; next?: string }> {
    const query = this.payments
      .createQueryBuilder('payment')
      .where('payment.userId IN (:...owners)', { owners: [owners].flat() });
    // Compared as a pair, the index leads straight to the page, however far down it is.
    if (after)
      query.andWhere('(payment.createdAt, payment.id) < (:at, :id)', { at: after.createdAt.getTime(), id: after.id });
    const found = await query
      .orderBy('payment.createdAt', 'DESC')
      .addOrderBy('payment.id', 'DESC')
      .limit(PAGE_SIZE + 1)
      .getMany();
    const shown = found.slice(0, PAGE_SIZE);
    const last = found.length > PAGE_SIZE ? shown.at(-1) : undefined;
    return { payments: await this.summaries(shown), ...(last && { next: cursorOf(last) }) };
  }

  /** Payments with their history, newest first; `total` counts what matches, whatever the limit. */
  async list(which: { email?: string | undefined; limit?: number | undefined }) {
    const [found, total] = await this.payments.findAndCount({
      // Older rows may still have the address in the form in which a login gave it.
      where: which.email === undefined ? {} : { email: In([normalizeEmail(which.email), which.email]) },
      order: newestFirst,
      ...(which.limit !== undefined && { take: which.limit }),
    });
    return { payments: await this.forOperator(found), total };
  }

  /** By our id, the Checkout Session's or the Payment Intent's. */
  async story(id: string): Promise<OperatorPayment | undefined> {
    const payment = await this.payments.findOneBy([{ id }, { checkoutSessionId: id }, { paymentIntentId: id }]);
    return payment ? (await this.forOperator([payment]))[0] : undefined;
  }

  /** One of these owners' payments by our id; `undefined` where there is none, or it is somebody else's. */
  async ownDetails(owners: Owners, id: string): Promise<PaymentDetails | undefined> {
    const payment = await this.payments.findOneBy({ userId: In([owners].flat()), id });
    return payment ? (await this.stories([payment], REFUNDS_ON_A_PAGE))[0] : undefined;
  }

  private async forOperator(payments: Payment[]): Promise<OperatorPayment[]> {
    const warnings = await this.warnings.of(payments.flatMap(({ paymentIntentId }) => paymentIntentId ?? []));
    return (await this.stories(payments, ALL_REFUNDS)).map((story) => ({
      ...story,
      earlyFraudWarnings: warnings.get(story.paymentIntentId ?? '') ?? [],
    }));
  }

  private async stories(payments: Payment[], refundsOfEach: number): Promise<PaymentDetails[]> {
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

/** Reads what belongs to many payments in few queries. */
async function byPayment<Row extends { paymentId: string | null }>(
  payments: readonly Payment[],
  read: (ids: string[]) => Promise<Row[]>,
): Promise<Map<string, Row[]>> {
  const rows = new Map<string, Row[]>(payments.map(({ id }) => [id, []]));
  for (const row of await inChunks([...rows.keys()], read)) rows.get(row.paymentId ?? '')?.push(row);
  return rows;
}
