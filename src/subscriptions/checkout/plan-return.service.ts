import { createHash } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import { RateLimitStorage } from '../../auth/rate-limit.js';
import type { User } from '../../auth/user.js';
import { Env } from '../../config/env.js';
import { ownerOf } from '../../customers/owner.js';
import { StripeRefusedError, StripeUnavailableError } from '../../stripe/stripe.errors.js';
import { StripeService } from '../../stripe/stripe.service.js';
import { SharedCalls } from '../../time/calls.js';
import { Clock } from '../../time/clock.js';
import { SnapshotReader } from '../reads/snapshot-reader.service.js';
import { SubscriptionCheckout } from '../store/subscription-checkout.entity.js';
import { Subscription } from '../store/subscription.entity.js';
import { SubscriptionCheckouts } from './subscription-checkouts.service.js';

/** How a customer's checkout of a plan went. */
export type PlanReturn =
  { outcome: 'subscribed'; subscription: Subscription } | { outcome: 'waiting' } | { outcome: 'not_completed' };

/** A page that is shown again within this time does not ask Stripe again. */
const REUSE_ANSWER_MS = 3_000;
const MINUTE_MS = 60_000;
/** How often Stripe is asked for the pages of one user, at least. */
const MIN_CALLS_PER_MINUTE = 60;

/** Finds out how a checkout of a plan ended for a customer who returns before the webhook has arrived. */
@Injectable()
export class PlanReturnLookup {
  private readonly logger = new Logger('Subscriptions');
  private readonly calls = new SharedCalls<void>(REUSE_ANSWER_MS);

  constructor(
    private readonly stripe: StripeService,
    private readonly checkouts: SubscriptionCheckouts,
    private readonly reader: SnapshotReader,
    private readonly limits: RateLimitStorage,
    private readonly env: Env,
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
    await this.calls.run(checkoutSessionId, () => this.askStripe(user, checkoutSessionId));
    return this.outcomeOf((await find()) ?? before);
  }

  private async outcomeOf({ subscriptionId, status }: SubscriptionCheckout): Promise<PlanReturn> {
    const subscription = subscriptionId ? await this.subscriptions.findOneBy({ id: subscriptionId }) : undefined;
    if (subscription) return { outcome: 'subscribed', subscription };
    return status === 'open' || status === 'completed' ? { outcome: 'waiting' } : { outcome: 'not_completed' };
  }

  /** Does nothing beyond the user's limit. A failure is only logged: the webhook brings the subscription later. */
  private async askStripe(user: User, checkoutSessionId: string): Promise<void> {
    const limit = Math.max(MIN_CALLS_PER_MINUTE, this.env.rateLimits.checkouts);
    const key = createHash('sha256').update(`plan page of ${user.id}`).digest('hex');
    if ((await this.limits.increment(key, MINUTE_MS, limit)).isBlocked) return;
    try {
      const session = await this.stripe.retrieveCheckoutSession(checkoutSessionId);
      await this.checkouts.note(session, 'success page', user.id);
      const id = typeof session.subscription === 'string' ? session.subscription : session.subscription?.id;
      const request = { kind: 'subscription' as const, cause: 'success page', at: this.clock.now(), actor: user.id };
      if (id && session.status === 'complete') await this.reader.readNow({ ...request, id });
    } catch (error) {
      if (!(error instanceof StripeUnavailableError || error instanceof StripeRefusedError)) throw error;
      this.logger.warn(`${error.message} The webhook will bring the subscription.`);
    }
  }
}
