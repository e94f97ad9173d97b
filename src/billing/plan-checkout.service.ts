import { Injectable } from '@nestjs/common';
import { normalizeEmail, type User } from '../auth/user.js';
import { Env } from '../config/env.js';
import { keyOfOwner, ownerOf } from '../customers/owner.js';
import { StripeSubscriptions } from '../stripe/stripe-subscriptions.service.js';
import {
  type OpenedCheckout,
  SubscriptionCheckouts,
} from '../subscriptions/checkout/subscription-checkouts.service.js';
import type { Plan } from '../subscriptions/state/plan.js';
import { SharedCalls } from '../time/calls.js';
import type { Offer } from './catalog/offers.service.js';
import { type CheckoutRows, type OpenedSession, OnlySession } from './only-session.service.js';

type Found = Extract<OpenedCheckout, { outcome: 'open' }>;
/** `trialDaysNow`: those that a new checkout would offer. */
type OpenCheckout = Found['checkout'] & { trialDaysNow: number };

/** Opens the Checkout Session of a plan: at most one for each owner and group of plans. */
@Injectable()
export class PlanCheckoutOpener {
  private readonly underWay = new SharedCalls<OpenedSession>();

  constructor(
    private readonly env: Env,
    private readonly stripe: StripeSubscriptions,
    private readonly checkouts: SubscriptionCheckouts,
    private readonly only: OnlySession,
  ) {}

  /**
   * @returns `not_sold` where the owner has a live subscription of this group
   * @throws StripeUnavailableError if Stripe did not answer. The next click finds what is open then
   */
  open(user: User, offer: Offer, plan: Plan, quantity: number): Promise<OpenedSession> {
    const owner = ownerOf(user);
    // Members of an organisation share a call, as they share the checkout.
    const who = [keyOfOwner(owner), ...(owner.type === 'user' ? [user.email] : [])];
    const key = JSON.stringify([who, plan.group, plan.lookupKey, offer.priceId, quantity]);
    return this.underWay.run(key, () => this.only.open(user, this.rowsOf(user, offer, plan, quantity)));
  }

  private rowsOf(user: User, offer: Offer, plan: Plan, quantity: number): CheckoutRows<OpenCheckout> {
    const { priceId } = offer;
    return {
      findOrOpen: async (stripeCustomerId, closed) => {
        const wanted = { user, owner: ownerOf(user), plan, priceId, stripeCustomerId, quantity };
        const found = await this.checkouts.findOrOpen(wanted, closed);
        return found.outcome === 'open'
          ? { ...found, row: { ...found.checkout, trialDaysNow: found.trialDays } }
          : undefined;
      },
      fits: (row, stripeCustomerId) =>
        row.planKey === plan.lookupKey &&
        row.priceId === priceId &&
        row.quantity === quantity &&
        row.trialDays === row.trialDaysNow &&
        row.stripeCustomerId === stripeCustomerId &&
        // Members of an organisation continue each other's checkout: the address is the organisation's, whoever began it.
        (row.ownerType === 'organisation' || row.email === normalizeEmail(user.email)),
      create: (row) => this.create(row, offer),
      note: (session, cause) => this.checkouts.note(session, cause),
      end: (id, how) => this.checkouts.end(id, how),
    };
  }

  private create(row: OpenCheckout, offer: Offer) {
    const { id, priceId, quantity, stripeCustomerId, trialDays } = row;
    return this.stripe.createSubscriptionCheckout({
      ...offer.checkout,
      priceId,
      quantity,
      customerId: stripeCustomerId,
      clientReferenceId: id,
      trialDays,
      successUrl: `${this.env.domainUrl}/subscribed?checkout_sid={CHECKOUT_SESSION_ID}`,
      cancelUrl: `${this.env.domainUrl}/cancel`,
      metadata: { ...offer.metadata, app_name: this.env.appName, checkout_id: id },
      idempotencyKey: `subscription_checkout_${id}`,
    });
  }
}
