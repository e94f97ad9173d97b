import { Inject, Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, type Repository } from 'typeorm';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { fieldsOf } from '../../payments/reconcile/check.js';
import { StripeSubscriptions } from '../../stripe/stripe-subscriptions.service.js';
import type { Subscription as StripeSubscription } from '../../stripe/stripe.types.js';
import { Clock } from '../../time/clock.js';
import { SnapshotReader } from '../reads/snapshot-reader.service.js';
import { type Plan, PLANS } from '../state/plan.js';
import { SUBSCRIPTION_STATUSES } from '../state/subscription-facts.js';
import { withUpdate, type WholeSubscription } from '../store/subscription-row.js';
import { SubscriptionStore } from '../store/subscription-store.service.js';
import { Subscription } from '../store/subscription.entity.js';
import { snapshotOf, subscriptionFactsOf } from '../sync/read-subscription.js';
import { SubscriptionSync } from '../sync/subscription-sync.service.js';
import { LAST_EVENT_LOST, NO_EVENT, ReadCause } from './read-cause.service.js';
import { type Differing, NOT_AT_STRIPE, type SnapshotCheck } from './snapshot-check.js';

const MAY_CHANGE = SUBSCRIPTION_STATUSES.filter((status) => status !== 'canceled' && status !== 'incomplete_expired');

/** Compares subscriptions with their rows: those created since, and before that all that have not ended. */
@Injectable()
export class SubscriptionCheck implements SnapshotCheck<StripeSubscription> {
  readonly kind = 'subscription';
  readonly name = 'subscriptions';

  constructor(
    private readonly stripe: StripeSubscriptions,
    private readonly sync: SubscriptionSync,
    private readonly store: SubscriptionStore,
    private readonly reader: SnapshotReader,
    private readonly causes: ReadCause,
    private readonly units: UnitOfWork,
    private readonly clock: Clock,
    @Inject(PLANS) private readonly plans: readonly Plan[],
    @InjectRepository(Subscription) private readonly rows: Repository<Subscription>,
  ) {}

  async *pages(since: Date): AsyncGenerator<StripeSubscription[]> {
    yield* this.stripe.subscriptionsSince(since);
    yield* this.stripe.liveSubscriptionsBefore(since);
  }

  async openIds(): Promise<string[]> {
    const open = await this.rows.find({ select: { id: true }, where: { status: In(MAY_CHANGE) } });
    return open.map(({ id }) => id);
  }

  read(id: string): Promise<StripeSubscription | undefined> {
    return this.stripe.findSubscription(id);
  }

  async compare(subscription: StripeSubscription): Promise<Differing | 'same' | undefined> {
    const { id } = subscription;
    const reading = this.rows.manager;
    if (!(await this.sync.isOurs(reading, subscription))) return undefined;
    const row = await this.store.find(reading, id);
    if (!row) return { fields: [], missing: 'here', cause: await this.causes.of(this.kind, id, NO_EVENT) };
    const snapshot = snapshotOf(subscription, this.plans, { readAt: this.clock.now(), provisional: false });
    const facts = subscriptionFactsOf(subscription);
    const should = withUpdate(row, { id, facts, snapshot, cause: '', at: this.clock.now() });
    const fields = fieldsOf(comparable(row), comparable(should));
    return fields.length > 0 ? { fields, cause: await this.causes.of(this.kind, id, LAST_EVENT_LOST) } : 'same';
  }

  async compareMissing(id: string): Promise<Differing | 'same'> {
    const row = await this.rows.findOneBy({ id });
    return row && MAY_CHANGE.some((status) => status === row.status)
      ? { fields: [], missing: 'stripe', cause: NOT_AT_STRIPE }
      : 'same';
  }

  says({ status }: StripeSubscription): string {
    return status;
  }

  async repair({ id }: StripeSubscription): Promise<void> {
    const request = { kind: this.kind, id, cause: 'reconcile', at: this.clock.now(), actor: 'command line' } as const;
    await this.reader.readNow(request);
  }

  /** It ends here, so that its owner may subscribe again. */
  async repairMissing(id: string): Promise<void> {
    const at = this.clock.now();
    await this.units.run((tx) => this.sync.endMissing(tx, id, { cause: 'reconcile', at, actor: 'command line' }));
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
