import { Inject, Injectable } from '@nestjs/common';
import type { User } from '../auth/user.js';
import { StripeRefusedError, StripeUnavailableError } from '../stripe/stripe.errors.js';
import { type Plan, PLANS } from '../subscriptions/state/plan.js';
import { withTimeout } from '../time/calls.js';
import { type Offer, Offers } from './catalog/offers.service.js';
import { CheckoutOpener } from './checkout-opener.service.js';
import { PlanCheckoutOpener } from './plan-checkout.service.js';

/** Limit for all calls to Stripe of one start, ms, so that the customer is answered within 20 s. */
const LONGEST_START_MS = 18_000;

export type CheckoutStart =
  /** `url`: the Checkout Session's page. */
  | { outcome: 'opened'; url: string }
  /** The customer has a plan of this group: what they do with it is on the account page. */
  | { outcome: 'subscribed' }
  | { outcome: 'not_for_sale' }
  /** Fewer or more than may be bought at a time. */
  | { outcome: 'bad_quantity'; min: number; max: number }
  | { outcome: 'unavailable'; cause?: Error };

/** Starts purchases: opens a Checkout Session for what the customer chose. */
@Injectable()
export class CheckoutService {
  constructor(
    private readonly offers: Offers,
    private readonly opener: CheckoutOpener,
    private readonly planOpener: PlanCheckoutOpener,
    @Inject(PLANS) private readonly plans: readonly Plan[],
  ) {}

  /** Starts the purchase of the offer with this lookup key; by default, of the first offer. `quantity`: of things, or seats. */
  async start(user: User, lookupKey: string | undefined, quantity?: number): Promise<CheckoutStart> {
    try {
      return await withTimeout(LONGEST_START_MS, this.findAndOpen(user, lookupKey, quantity), tooLong);
    } catch (error) {
      if (!(error instanceof StripeUnavailableError || error instanceof StripeRefusedError)) throw error;
      this.offers.markUnreachable();
      return { outcome: 'unavailable', cause: error };
    }
  }

  private async findAndOpen(user: User, lookupKey: string | undefined, wanted?: number): Promise<CheckoutStart> {
    const offer = await this.findOffer(lookupKey);
    if (!offer) return { outcome: 'not_for_sale' };
    const { min, max } = offer.plan?.seats ?? offer.quantity ?? { min: 1, max: 1 };
    const quantity = wanted ?? min;
    if (!Number.isSafeInteger(quantity) || quantity < min || quantity > max)
      return { outcome: 'bad_quantity', min, max };
    const opened = await this.open(user, offer, quantity);
    return opened.outcome === 'refused' ? this.openAgain(user, offer, quantity) : opened;
  }

  private async open(user: User, offer: Offer, quantity: number) {
    const plan = this.plans.find(({ lookupKey }) => lookupKey === offer.lookupKey);
    const opened = await (plan
      ? this.planOpener.open(user, offer, plan, quantity)
      : this.opener.open(user, offer, quantity));
    return opened.outcome === 'not_sold' ? { outcome: 'subscribed' as const } : opened;
  }

  private async findOffer(lookupKey: string | undefined): Promise<Offer | undefined> {
    const offers = await this.offers.current();
    return lookupKey === undefined ? offers[0] : offers.find((offer) => offer.lookupKey === lookupKey);
  }

  /** Tries once more with the current prices, after Stripe refused the known one. */
  private async openAgain(user: User, refused: Offer, quantity: number): Promise<CheckoutStart> {
    this.offers.refresh();
    const offer = await this.findOffer(refused.lookupKey);
    if (!offer) return { outcome: 'not_for_sale' };
    if (offer.priceId === refused.priceId) return { outcome: 'unavailable' };
    const opened = await this.open(user, offer, quantity);
    return opened.outcome === 'refused' ? { outcome: 'unavailable' } : opened;
  }
}

const tooLong = () => new StripeUnavailableError('all that a checkout asks', 'it took too long');
