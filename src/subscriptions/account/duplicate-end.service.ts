import { type BeforeApplicationShutdown, Inject, Injectable, Logger } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { InjectRepository } from '@nestjs/typeorm';
import { type EntityManager, IsNull, Not, type Repository } from 'typeorm';
import { lockKeys } from '../../database/sql.js';
import { Table } from '../../database/table.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { RefundService } from '../../payments/refunds/refund.service.js';
import { Clock } from '../../time/clock.js';
import { RecurringTask } from '../../time/recurring-task.js';
import { isLiveStatus } from '../state/derive-plan.js';
import { type Plan, PLANS } from '../state/plan.js';
import { SubscriptionStore } from '../store/subscription-store.service.js';
import { Subscription } from '../store/subscription.entity.js';
import { byAge, groupKey } from '../sync/duplicates.service.js';
import { SubscriptionCancel } from './subscription-cancel.service.js';

const PERIOD_MS = 20_000;
/** After a refund of a payment was asked for, the next one is asked for after this time, ms; it doubles with each. */
const FIRST_DELAY_MS = 15_000;
const LONGEST_DELAY_MS = 86_400_000;
/** Who did it, for the histories of subscription and payment. */
const ACTOR = 'double sale';

/** Payments of ended duplicates whose money is still here, in part or as a whole, whenever their invoices were settled. */
const KEPT = `
  SELECT payments.id AS payment, subscriptions.id AS subscription
  FROM subscriptions
  JOIN invoices ON invoices.subscription_id = subscriptions.id
  JOIN payments ON payments.id = invoices.payment_id
  WHERE subscriptions.duplicate_end_at IS NOT NULL AND subscriptions.ended_at IS NOT NULL
    AND payments.status IN ('paid', 'partially_refunded')
  ORDER BY payments.id`;

const subscriptions = new Table(Subscription);

/**
 * Ends second live subscriptions of a group, and refunds what they took, where a plan's setting `secondSubscription` is `cancel`.
 * The older one stays. First the decision is stored, then the subscription is ended, then every payment of it is refunded, also
 * those that are settled later. Safe to repeat after a crash: a payment of which nothing is left is not refunded again.
 */
@Injectable()
export class DuplicateEnd implements BeforeApplicationShutdown {
  private readonly logger = new Logger('Subscriptions');
  private readonly task = new RecurringTask({ name: 'Second subscriptions', periodMs: PERIOD_MS }, () => this.endAll());
  /** Groups of which at least one plan says so. */
  private readonly groups: ReadonlySet<string>;
  /** How many refunds of a payment were asked for since the start, and when the next may be, by `performance.now()`. */
  private readonly asked = new Map<string, { times: number; nextAt: number }>();

  constructor(
    private readonly units: UnitOfWork,
    private readonly store: SubscriptionStore,
    private readonly cancels: SubscriptionCancel,
    private readonly refunds: RefundService,
    private readonly clock: Clock,
    @Inject(PLANS) plans: readonly Plan[],
    @InjectRepository(Subscription) private readonly rows: Repository<Subscription>,
    host: HttpAdapterHost,
  ) {
    const ending = plans.filter(({ settings }) => settings.secondSubscription === 'cancel');
    this.groups = new Set(ending.map(({ group }) => group));
    host.listen$.subscribe(() => this.task.start());
  }

  beforeApplicationShutdown(): void {
    this.task.stop();
  }

  /** Returns how many were ended. A failure is logged, tried again later, and holds up no other. */
  async endAll(): Promise<number> {
    let ended = 0;
    for (const { id, status } of await this.rows.findBy({ duplicateOf: Not(IsNull()), endedAt: IsNull() })) {
      if (this.task.isStopped || !isLiveStatus(status)) continue;
      if (await this.end(id).catch((error: unknown) => this.logLater(id, error))) ended++;
    }
    const kept: { payment: string; subscription: string }[] = await this.rows.query(KEPT);
    for (const { payment, subscription } of kept) {
      if (this.task.isStopped || (this.asked.get(payment)?.nextAt ?? 0) > performance.now()) continue;
      await this.refund(payment, subscription).catch((error: unknown) => this.logLater(subscription, error));
    }
    return ended;
  }

  private async end(id: string): Promise<boolean> {
    if (!(await this.units.run((tx) => this.decide(tx, id)))) return false;
    const result = await this.cancels.cancel(id, 'now', ACTOR);
    if (result.outcome === 'refused')
      throw new Error(`Stripe refused to end it: ${result.reason}. End it: npm run cli -- subscriptions cancel ${id}`);
    this.logger.warn(`${id}, which doubled another subscription, is ended; what it took is refunded`);
    return true;
  }

  /** Stores that the subscription ends, unless it is the oldest live one of its owner and group by now. */
  private async decide(tx: EntityManager, id: string): Promise<boolean> {
    const { ownerType, ownerId, planGroup, duplicateEndAt } = (await this.store.lock(tx, id)) ?? {};
    if (duplicateEndAt) return true;
    if (!ownerType || !ownerId || !planGroup || !this.groups.has(planGroup)) return false;
    await lockKeys(tx, [groupKey({ type: ownerType, id: ownerId }, planGroup)]);
    const ofGroup = await subscriptions.find(tx, { ownerType, ownerId, planGroup });
    const live = ofGroup.filter(({ status }) => isLiveStatus(status)).toSorted(byAge);
    if (live.findIndex((one) => one.id === id) < 1) return false;
    const at = this.clock.now();
    await this.store.add(tx, { id, facts: { duplicateEndAt: at }, cause: 'second subscription', at, actor: ACTOR });
    return true;
  }

  /** Refunds all that is left of a payment. Each request has a row and an idempotency key of its own, and reserves what it refunds. */
  private async refund(paymentId: string, subscriptionId: string): Promise<void> {
    const times = (this.asked.get(paymentId)?.times ?? 0) + 1;
    const delayMs = Math.min(FIRST_DELAY_MS * 2 ** (times - 1), LONGEST_DELAY_MS);
    this.asked.set(paymentId, { times, nextAt: performance.now() + delayMs });
    const result = await this.refunds.request({
      payment: { id: paymentId },
      requestedBy: ACTOR,
      reason: 'duplicate',
    });
    if (result.outcome !== 'declined') return;
    this.logger.error(
      `Payment ${paymentId} of ${subscriptionId}, which doubled another subscription, could not be refunded: ${result.reason}. It is ` +
        `tried again in ${Math.round(delayMs / 1_000)} s, then ever later. By hand: npm run cli -- payments refund ${paymentId}`,
    );
  }

  private logLater(id: string, error: unknown): void {
    if (!this.task.isStopped)
      this.logger.error(`The second subscription ${id} is looked at again in ${PERIOD_MS / 1_000} s. ${String(error)}`);
  }
}
