import { Injectable } from '@nestjs/common';
import type { User } from '../auth/user.js';
import { StripeRefusedError, StripeUnavailableError } from '../stripe/stripe.errors.js';
import { withTimeout } from '../time/with-timeout.js';
import { type Offer, Offers } from './catalog/offers.service.js';
import { CheckoutOpener } from './checkout-opener.service.js';

/** Limit for all calls to Stripe of one start, ms, so that the customer is answered within 20 s. */
const LONGEST_START_MS = 18_000;

export type CheckoutStart =
  /** `url`: the Checkout Session's page. */
  { outcome: 'opened'; url: string } | { outcome: 'not_for_sale' } | { outcome: 'unavailable'; cause?: Error };

/** Starts purchases: opens a Checkout Session for what the customer chose. */
@Injectable()
export class CheckoutService {
  constructor(
    private readonly offers: Offers,
    private readonly opener: CheckoutOpener,
  ) {}

  /** Starts the purchase of the offer with this lookup key; by default, of the first offer. */
  async start(user: User, lookupKey: string | undefined): Promise<CheckoutStart> {
    try {
      return await withTimeout(LONGEST_START_MS, this.findAndOpen(user, lookupKey), tooLong);
    } catch (error) {
      if (!(error instanceof StripeUnavailableError || error instanceof StripeRefusedError)) throw error;
      this.offers.markUnreachable();
      return { outcome: 'unavailable', cause: error };
    }
  }

  private async findAndOpen(user: User, lookupKey: string | undefined): Promise<CheckoutStart> {
    const offer = await this.findOffer(lookupKey);
    if (!offer) return { outcome: 'not_for_sale' };
    const url = await this.opener.open(user, offer);
    return url ? { outcome: 'opened', url } : this.openAgain(user, offer);
  }

  private async findOffer(lookupKey: string | undefined): Promise<Offer | undefined> {
    const offers = await this.offers.current();
    return lookupKey === undefined ? offers[0] : offers.find((offer) => offer.lookupKey === lookupKey);
  }

  /** Tries once more with the current prices, after Stripe refused the known one. */
  private async openAgain(user: User, refused: Offer): Promise<CheckoutStart> {
    this.offers.refresh();
    const offer = await this.findOffer(refused.lookupKey);
    if (!offer) return { outcome: 'not_for_sale' };
    if (offer.priceId === refused.priceId) return { outcome: 'unavailable' };
    const url = await this.opener.open(user, offer);
    return url ? { outcome: 'opened', url } : { outcome: 'unavailable' };
  }
}

const tooLong = () => new StripeUnavailableError('all that a checkout asks', 'it took too long');
