import { Injectable, Logger } from '@nestjs/common';
import { normalizeEmail, type User } from '../auth/user.js';
import { Env } from '../config/env.js';
import { Customers } from '../customers/customers.service.js';
import { ownerOf } from '../customers/owner.js';
import { IDEMPOTENCY_KEY_REUSED, StripeRefusedError, StripeUnavailableError } from '../stripe/stripe.errors.js';
import { StripeService } from '../stripe/stripe.service.js';
import { StripeSubscriptions } from '../stripe/stripe-subscriptions.service.js';
import type { CheckoutSession } from '../stripe/stripe.types.js';
import {
  type OpenedCheckout,
  SubscriptionCheckouts,
  type WantedPlan,
} from '../subscriptions/checkout/subscription-checkouts.service.js';
import type { Plan } from '../subscriptions/state/plan.js';
import { SharedCalls } from '../time/calls.js';
import type { Offer } from './catalog/offers.service.js';
import { canBePaid } from './checkout-opener.service.js';
import { Clock } from '../time/clock.js';

type OpenCheckout = Extract<OpenedCheckout, { outcome: 'open' }>['checkout'];

export type PlanCheckoutResult =
  /** `url`: the Checkout Session's page. */
  | { outcome: 'opened'; url: string }
  /** The owner has a live subscription of this group. */
  | { outcome: 'subscribed' }
  /** Stripe refused the price, such as one that was archived since. */
  | { outcome: 'refused' };

/** Opens the Checkout Session of a plan: at most one for each owner and group, so that two tabs cannot subscribe twice. */
@Injectable()
export class PlanCheckoutOpener {
  private readonly logger = new Logger('Billing');
  private readonly underWay = new SharedCalls<PlanCheckoutResult>();

  constructor(
    private readonly env: Env,
    private readonly stripe: StripeService,
    private readonly subscriptions: StripeSubscriptions,
    private readonly customers: Customers,
    private readonly checkouts: SubscriptionCheckouts,
    private readonly clock: Clock,
  ) {}

  /** @throws StripeUnavailableError if Stripe did not answer. The next click finds what is open then */
  open(user: User, offer: Offer, plan: Plan, quantity: number): Promise<PlanCheckoutResult> {
    const key = JSON.stringify([user.id, user.email, plan.group, plan.lookupKey, offer.priceId, quantity]);
    return this.underWay.run(key, () => this.openOne(user, offer, plan, quantity));
  }

  private async openOne(
    user: User,
    offer: Offer,
    plan: Plan,
    quantity: number,
    mayReplaceCustomer = true,
  ): Promise<PlanCheckoutResult> {
    const owner = ownerOf(user);
    const stripeCustomerId = await this.customers.ensure(owner, user.email);
    const wanted = { user, owner, plan, priceId: offer.priceId, stripeCustomerId, quantity };
    const closed = new Set<string>();
    for (;;) {
      const found = await this.checkouts.findOrOpen(wanted, closed);
      if (found.outcome === 'subscribed') return { outcome: 'subscribed' };
      const { checkout, isNew, isOnly } = found;
      const session = await this.sessionOf(checkout, offer);
      if (isOnly && fits(checkout, wanted) && session && canBePaid(session, this.clock.now()))
        return { outcome: 'opened', url: session.url };
      if (isNew && !session)
        return mayReplaceCustomer && (await this.customers.replaceIfMissing(stripeCustomerId))
          ? this.openOne(user, offer, plan, quantity, false)
          : { outcome: 'refused' };
      if (isNew) throw new StripeUnavailableError('checkout.sessions.create', 'the session cannot be paid');
      if (session?.status === 'open') await this.expire(session);
      closed.add(checkout.id);
    }
  }

  /** The checkout's session from Stripe, which is stored; undefined if there is none and cannot be one. */
  private async sessionOf(checkout: OpenCheckout, offer: Offer): Promise<CheckoutSession | undefined> {
    if (!checkout.checkoutSessionId) return this.create(checkout, offer);
    try {
      const session = await this.stripe.retrieveCheckoutSession(checkout.checkoutSessionId);
      if (session.status !== 'open') await this.checkouts.note(session, 'seen before another checkout');
      return session;
    } catch (error) {
      if (!(error instanceof StripeRefusedError && error.code === 'resource_missing')) throw error;
      this.logger.warn(`${error.message} Its checkout ${checkout.id} is ended.`);
      await this.checkouts.end(checkout.id, 'expiredAt');
      return undefined;
    }
  }

  /** Creates the session. The idempotency key is that of the checkout, so a repeated call never creates a second one. */
  private async create(checkout: OpenCheckout, offer: Offer): Promise<CheckoutSession | undefined> {
    const { id } = checkout;
    try {
      const session = await this.subscriptions.createSubscriptionCheckout({
        ...offer.checkout,
        priceId: checkout.priceId,
        quantity: checkout.quantity,
        customerId: checkout.stripeCustomerId,
        clientReferenceId: id,
        trialDays: checkout.trialDays,
        successUrl: `${this.env.domainUrl}/subscribed?checkout_sid={CHECKOUT_SESSION_ID}`,
        cancelUrl: `${this.env.domainUrl}/cancel`,
        metadata: { ...offer.metadata, app_name: this.env.appName, checkout_id: id },
        idempotencyKey: `subscription_checkout_${id}`,
      });
      await this.checkouts.note(session, 'checkout opened');
      return session;
    } catch (error) {
      if (!(error instanceof StripeRefusedError)) throw error;
      if (error.code === IDEMPOTENCY_KEY_REUSED) throw new StripeUnavailableError(error.call, error.reason);
      this.logger.warn(error.message);
      await this.checkouts.end(id, 'failedAt');
      return undefined;
    }
  }

  /** Expires the session, unless it was completed meanwhile. Afterwards nobody can complete it. */
  private async expire({ id }: CheckoutSession): Promise<void> {
    const ended = await this.stripe.expireCheckoutSession(id).catch((error: unknown) => {
      if (error instanceof StripeRefusedError) return this.stripe.retrieveCheckoutSession(id);
      throw error;
    });
    await this.checkouts.note(ended, 'gave way to another checkout');
    if (ended.status === 'open') throw new StripeUnavailableError('checkout.sessions.expire', `${id} stays open`);
  }
}

/** Whether the checkout is for what the customer sees now. */
const fits = (checkout: OpenCheckout, { plan, priceId, quantity, user, stripeCustomerId }: WantedPlan): boolean =>
  checkout.planKey === plan.lookupKey &&
  checkout.priceId === priceId &&
  checkout.quantity === quantity &&
  checkout.stripeCustomerId === stripeCustomerId &&
  checkout.email === normalizeEmail(user.email);
