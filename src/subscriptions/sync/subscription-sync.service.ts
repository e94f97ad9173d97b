import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Env } from '../../config/env.js';
import { Customers } from '../../customers/customers.service.js';
import type { Owner } from '../../customers/owner.js';
import { Table } from '../../database/table.js';
import type { FactSource } from '../../payments/state/payment-facts.js';
import { identifierOf, idOf } from '../../stripe/stripe-fields.js';
import { StripeSubscriptions } from '../../stripe/stripe-subscriptions.service.js';
import type { Subscription as StripeSubscription } from '../../stripe/stripe.types.js';
import { SnapshotReader } from '../reads/snapshot-reader.service.js';
import type { SnapshotContext, SnapshotSource } from '../reads/snapshot-source.js';
import type { Ignored } from '../../webhook/index.js';
import { type Plan, PLANS } from '../state/plan.js';
import { SubscriptionCheckout } from '../store/subscription-checkout.entity.js';
import { SubscriptionStore } from '../store/subscription-store.service.js';
import { foreign, lockKeysOf, snapshotOf, subscriptionFactsOf } from './read-subscription.js';

const checkouts = new Table(SubscriptionCheckout);
/** Our own reason for an end, beside Stripe's. */
const NOT_AT_STRIPE = 'not_at_stripe';

/** Stores what is learnt of subscriptions. Webhook, pages, our own calls and `reconcile` all come through here. */
@Injectable()
export class SubscriptionSync implements SnapshotSource<StripeSubscription> {
  readonly kind = 'subscription';

  constructor(
    private readonly env: Env,
    private readonly stripe: StripeSubscriptions,
    private readonly customers: Customers,
    private readonly store: SubscriptionStore,
    private readonly reader: SnapshotReader,
    @Inject(PLANS) private readonly plans: readonly Plan[],
  ) {
    reader.register(this);
  }

  /**
   * For an event handler's `apply`: adds the facts of an event's payload, inserts a subscription that is not known yet,
   * provisionally, and has it read. Subscriptions of other apps are skipped, with the reason.
   */
  async recordEvent(tx: EntityManager, subscription: StripeSubscription, source: FactSource): Promise<Ignored | void> {
    const { id, customer } = subscription;
    if (!(await this.isOurs(tx, subscription))) return { ignored: foreign(customer) };
    const { cause, at, actor } = source;
    await this.reader.mark(tx, { kind: this.kind, id, cause, at, actor, payload: subscription });
    const isKnown = (await this.store.findToChange(tx, id)) !== undefined;
    const snapshot = isKnown ? undefined : snapshotOf(subscription, this.plans, { readAt: at, provisional: true });
    await this.add(tx, subscription, snapshot, source);
  }

  lockKeys(subscription: StripeSubscription): string[] {
    return lockKeysOf(subscription);
  }

  read(id: string): Promise<StripeSubscription | undefined> {
    return this.stripe.findSubscription(id);
  }

  async write(
    tx: EntityManager,
    subscription: StripeSubscription | undefined,
    context: SnapshotContext,
  ): Promise<void> {
    if (subscription) await this.add(tx, subscription, snapshotOf(subscription, this.plans, context), context);
  }

  /** Stripe has no such subscription: it ends, so that its owner may subscribe again. For `reconcile` and commands. */
  async endMissing(tx: EntityManager, id: string, { cause, at, actor }: FactSource): Promise<void> {
    const facts = { endedAt: at, endedStatus: 'canceled', endReason: NOT_AT_STRIPE } as const;
    await this.store.add(tx, { id, facts, cause, at, actor });
  }

  /** Whether it is this app's: it carries our name, or it or its customer is known here. */
  async isOurs(tx: EntityManager, { id, customer, metadata }: StripeSubscription): Promise<boolean> {
    const name = metadata?.app_name;
    if (typeof name === 'string') return name === this.env.appName;
    if (await this.store.find(tx, id)) return true;
    return (await this.customers.ownerOf(tx, idOf(customer) ?? '')) !== undefined;
  }

  /** The owner who asked for it here; else whose customer it is. */
  private async ownerOf(tx: EntityManager, { customer, metadata }: StripeSubscription): Promise<Owner | undefined> {
    const checkoutId = identifierOf(metadata?.checkout_id);
    const checkout = checkoutId ? await checkouts.findOne(tx, { id: checkoutId }) : undefined;
    if (checkout) return { type: checkout.ownerType, id: checkout.ownerId };
    return this.customers.ownerOf(tx, idOf(customer) ?? '');
  }

  private async add(
    tx: EntityManager,
    subscription: StripeSubscription,
    snapshot: ReturnType<typeof snapshotOf> | undefined,
    { cause, at, actor }: FactSource,
  ): Promise<void> {
    const facts = { ...subscriptionFactsOf(subscription), owner: await this.ownerOf(tx, subscription) };
    await this.store.add(tx, { id: subscription.id, facts, snapshot, cause, at, actor });
  }
}
