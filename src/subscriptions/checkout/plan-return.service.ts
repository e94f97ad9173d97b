import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import type { User } from '../../auth/user.js';
import { ownerOf } from '../../customers/owner.js';
import { SessionLookup } from '../../payments/checkout/session-lookup.service.js';
import { idOf } from '../../stripe/stripe-fields.js';
import type { CheckoutSession } from '../../stripe/stripe.types.js';
import { Clock } from '../../time/clock.js';
import { SnapshotReader } from '../reads/snapshot-reader.service.js';
import { SubscriptionCheckout } from '../store/subscription-checkout.entity.js';
import { Subscription } from '../store/subscription.entity.js';
import { SubscriptionCheckouts } from './subscription-checkouts.service.js';

/** How a customer's checkout of a plan went. */
export type PlanReturn =
  { outcome: 'subscribed'; subscription: Subscription } | { outcome: 'waiting' } | { outcome: 'not_completed' };

/** Finds out how a checkout of a plan ended for a customer who returns before the webhook has arrived. */
@Injectable()
export class PlanReturnLookup {
  constructor(
    private readonly sessions: SessionLookup,
    private readonly checkouts: SubscriptionCheckouts,
    private readonly reader: SnapshotReader,
    private readonly clock: Clock,
    @InjectRepository(SubscriptionCheckout) private readonly rows: Repository<SubscriptionCheckout>,
    @InjectRepository(Subscription) private readonly subscriptions: Repository<Subscription>,
  ) {}

  /**
   * How the user's checkout went; undefined for an unknown session and for somebody else's alike. Where it is not known yet, Stripe
   * is asked, and its answer is stored by the code that the webhook uses.
   */
  async lookUp(user: User, checkoutSessionId: string): Promise<PlanReturn | undefined> {
    const { type: ownerType, id: ownerId } = ownerOf(user);
    const find = () => this.rows.findOneBy({ checkoutSessionId, ownerType, ownerId });
    const before = await find();
    if (!before) return undefined;
    const known = await this.outcomeOf(before);
    if (known.outcome !== 'waiting') return known;
    await this.sessions.ask(user, checkoutSessionId, (session) => this.store(session, user));
    return this.outcomeOf((await find()) ?? before);
  }

  private async outcomeOf({ subscriptionId, status }: SubscriptionCheckout): Promise<PlanReturn> {
    const subscription = subscriptionId ? await this.subscriptions.findOneBy({ id: subscriptionId }) : undefined;
    if (subscription) return { outcome: 'subscribed', subscription };
    return status === 'open' || status === 'completed' ? { outcome: 'waiting' } : { outcome: 'not_completed' };
  }

  private async store(session: CheckoutSession, { id: actor }: User): Promise<void> {
    const cause = 'success page';
    await this.checkouts.note(session, cause, actor);
    const id = idOf(session.subscription);
    if (!id || session.status !== 'complete') return;
    await this.reader.readNow({ kind: 'subscription', id, cause, at: this.clock.now(), actor });
  }
}
