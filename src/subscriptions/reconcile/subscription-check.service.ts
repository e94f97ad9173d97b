import { Inject, Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, type Repository } from 'typeorm';
import { type FieldDifference, fieldsOf } from '../../payments/reconcile/check.js';
import { StripeSubscriptions } from '../../stripe/stripe-subscriptions.service.js';
import type { Subscription as StripeSubscription } from '../../stripe/stripe.types.js';
import { Clock } from '../../time/clock.js';
import { type Plan, PLANS } from '../state/plan.js';
import { SUBSCRIPTION_STATUSES } from '../state/subscription-facts.js';
import { withUpdate, type WholeSubscription } from '../store/subscription-row.js';
import { SubscriptionStore } from '../store/subscription-store.service.js';
import { Subscription } from '../store/subscription.entity.js';
import { snapshotOf, subscriptionFactsOf } from '../sync/read-subscription.js';
import { SubscriptionSync } from '../sync/subscription-sync.service.js';
import type { SnapshotCheck } from './snapshot-check.js';

const MAY_CHANGE = SUBSCRIPTION_STATUSES.filter((status) => status !== 'canceled' && status !== 'incomplete_expired');

/** Compares subscriptions with their rows. */
@Injectable()
export class SubscriptionCheck implements SnapshotCheck<StripeSubscription> {
  readonly kind = 'subscription';
  readonly name = 'subscriptions';

  constructor(
    private readonly stripe: StripeSubscriptions,
    private readonly sync: SubscriptionSync,
    private readonly store: SubscriptionStore,
    private readonly clock: Clock,
    @Inject(PLANS) private readonly plans: readonly Plan[],
    @InjectRepository(Subscription) private readonly rows: Repository<Subscription>,
  ) {}

  pages(since: Date): AsyncIterable<StripeSubscription[]> {
    return this.stripe.subscriptionsSince(since);
  }

  async openIds(): Promise<string[]> {
    const open = await this.rows.find({ select: { id: true }, where: { status: In(MAY_CHANGE) } });
    return open.map(({ id }) => id);
  }

  read(id: string): Promise<StripeSubscription | undefined> {
    return this.stripe.findSubscription(id);
  }

  async compare(subscription: StripeSubscription): Promise<readonly FieldDifference[] | 'missing' | undefined> {
    const reading = this.rows.manager;
    if (!(await this.sync.isOurs(reading, subscription))) return undefined;
    const row = await this.store.find(reading, subscription.id);
    if (!row) return 'missing';
    const snapshot = snapshotOf(subscription, this.plans, { readAt: this.clock.now(), provisional: false });
    const facts = subscriptionFactsOf(subscription);
    const should = withUpdate(row, { id: row.id, facts, snapshot, cause: '', at: this.clock.now() });
    return fieldsOf(comparable(row), comparable(should));
  }

  says({ status }: StripeSubscription): string {
    return status;
  }
}

/** What follows from Stripe's object alone. */
function comparable(row: WholeSubscription) {
  const { provisional: _, snapshotAt: __, version: ___, items, ...columns } = row;
  return {
    ...columns,
    items: items.map((item) => [item.priceId, item.quantity, item.currentPeriodEnd].join(' ')).join(),
  };
}
