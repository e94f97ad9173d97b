import { Inject, Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, Like, type Repository } from 'typeorm';
import type { Owner } from '../../customers/owner.js';
import { inChunks } from '../../database/sql.js';
import { Clock } from '../../time/clock.js';
import { derivePlan, isLiveStatus, type PlanState } from '../state/derive-plan.js';
import { type Plan, PLANS } from '../state/plan.js';
import { Invoice } from '../store/invoice.entity.js';
import { Subscription, SubscriptionHistory, SubscriptionItem } from '../store/subscription.entity.js';

/** A subscription as pages show it. */
export interface SubscriptionSummary
  extends
    Pick<
      Subscription,
      | 'id'
      | 'stripeCustomerId'
      | 'ownerType'
      | 'ownerId'
      | 'planGroup'
      | 'createdAt'
      | 'version'
      | 'provisional'
      | 'trialStartedAt'
      | 'trialEnd'
      | 'currentPeriodStart'
      | 'currentPeriodEnd'
      | 'latestInvoiceId'
      | 'defaultPaymentMethod'
      | 'pausedReason'
      | 'pauseCollection'
      | 'pauseResumesAt'
      | 'pendingUpdateExpiresAt'
      | 'scheduleId'
      | 'currency'
      | 'endReason'
      | 'duplicateOf'
      | 'access'
      | 'accessUntil'
      | 'accessReason'
    >,
    PlanState {
  items: SubscriptionItem[];
  /** Whether its end is scheduled by `cancel_at` alone, as the portal does it, and not by the period. */
  hasOwnEnd: boolean;
}

/** A subscription as commands show it. */
export interface SubscriptionDetails extends SubscriptionSummary {
  /** Oldest first. */
  history: SubscriptionHistory[];
}

/** An invoice as commands show it. Amounts in minor units of `currency`. */
export type InvoiceSummary = Pick<
  Invoice,
  'id' | 'number' | 'status' | 'amountDue' | 'amountPaid' | 'currency' | 'createdAt' | 'paidAt' | 'paymentId'
>;

/** Reads subscriptions. Writes nothing. The number of queries does not grow with the number of rows. */
@Injectable()
export class SubscriptionReader {
  constructor(
    @InjectRepository(Subscription) private readonly subscriptions: Repository<Subscription>,
    @InjectRepository(SubscriptionItem) private readonly items: Repository<SubscriptionItem>,
    @InjectRepository(SubscriptionHistory) private readonly history: Repository<SubscriptionHistory>,
    @InjectRepository(Invoice) private readonly invoices: Repository<Invoice>,
    @Inject(PLANS) private readonly plans: readonly Plan[],
    private readonly clock: Clock,
  ) {}

  /** The owner's subscriptions, newest first, also ended ones. */
  async ofOwner({ type: ownerType, id: ownerId }: Owner): Promise<SubscriptionSummary[]> {
    return this.summaries(await this.subscriptions.find({ where: { ownerType, ownerId }, order: newestFirst }));
  }

  /** The owner's subscription; undefined where there is none or it is somebody else's. */
  async find({ type: ownerType, id: ownerId }: Owner, id: string): Promise<SubscriptionSummary | undefined> {
    const row = await this.subscriptions.findOneBy({ id, ownerType, ownerId });
    return row ? (await this.summaries([row]))[0] : undefined;
  }

  /** For operators: newest first. `total` counts all, whatever the limit. */
  async list({
    limit,
  }: {
    limit?: number | undefined;
  }): Promise<{ subscriptions: SubscriptionDetails[]; total: number }> {
    const [rows, total] = await this.subscriptions.findAndCount({
      order: newestFirst,
      ...(limit !== undefined && { take: limit }),
    });
    return { subscriptions: await this.allDetails(rows), total };
  }

  /** For operators: by Stripe's id. */
  async details(id: string): Promise<SubscriptionDetails | undefined> {
    const row = await this.subscriptions.findOneBy({ id });
    return row ? (await this.allDetails([row]))[0] : undefined;
  }

  /** For operators: the invoices of a subscription, newest first. */
  invoicesOf(subscriptionId: string): Promise<InvoiceSummary[]> {
    return this.invoices.find({ where: { subscriptionId }, order: newestFirst });
  }

  /** For operators: ids and statuses of the subscriptions of Stripe Customers, newest first, by the customer's id. */
  async ofCustomers(stripeCustomerIds: readonly string[]): Promise<Map<string, Pick<Subscription, 'id' | 'status'>[]>> {
    const rows = await inChunks(stripeCustomerIds, (ids) =>
      this.subscriptions.find({
        select: ['id', 'status', 'stripeCustomerId'],
        where: { stripeCustomerId: In(ids) },
        order: newestFirst,
      }),
    );
    const map = new Map<string, Pick<Subscription, 'id' | 'status'>[]>();
    for (const { id, status, stripeCustomerId } of rows)
      map.set(stripeCustomerId, [...(map.get(stripeCustomerId) ?? []), { id, status }]);
    return map;
  }

  private async allDetails(rows: readonly Subscription[]): Promise<SubscriptionDetails[]> {
    const ids = rows.map(({ id }) => id);
    const history = await inChunks(ids, (chunk) =>
      this.history.find({ where: { subscriptionId: In(chunk) }, order: { seq: 'ASC' } }),
    );
    const historyOf = bySubscription(history);
    return (await this.summaries(rows)).map((one) => ({ ...one, history: historyOf.get(one.id) ?? [] }));
  }

  private async summaries(rows: readonly Subscription[]): Promise<SubscriptionSummary[]> {
    const ids = rows.map(({ id }) => id);
    const items = await inChunks(ids, (chunk) =>
      this.items.find({ where: { subscriptionId: In(chunk) }, order: { position: 'ASC' } }),
    );
    const open = await this.openInvoicesOf(rows);
    const itemsOf = bySubscription(items);
    const now = this.clock.now();
    return rows.map((row) => {
      const whole = { ...row, items: itemsOf.get(row.id) ?? [] };
      return {
        ...whole,
        ...derivePlan({ ...whole, hasOpenInvoice: open.has(row.id) }, this.plans, now),
        hasOwnEnd: row.cancelAt !== null && !row.cancelAtPeriodEnd,
      };
    });
  }

  /** Which of them have an open invoice of their own; not one that somebody made besides. */
  private async openInvoicesOf(rows: readonly Subscription[]): Promise<Set<string | null>> {
    const live = rows.filter(({ status }) => isLiveStatus(status)).map(({ id }) => id);
    const billingReason = Like('subscription%');
    const open = await inChunks(live, (ids) =>
      this.invoices.find({
        select: { id: true, subscriptionId: true },
        where: { subscriptionId: In(ids), status: 'open', provisional: false, billingReason },
      }),
    );
    return new Set(open.map(({ subscriptionId }) => subscriptionId));
  }
}

const newestFirst = { createdAt: 'DESC', id: 'DESC' } as const;

function bySubscription<Row extends { subscriptionId: string }>(rows: readonly Row[]): Map<string, Row[]> {
  const map = new Map<string, Row[]>();
  for (const row of rows) map.set(row.subscriptionId, [...(map.get(row.subscriptionId) ?? []), row]);
  return map;
}
