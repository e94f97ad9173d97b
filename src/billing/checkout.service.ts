import { createHash } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { RateLimitStorage } from '../auth/rate-limit/rate-limit-storage.js';
import type { User } from '../auth/user.js';
import { Env } from '../config/env.js';
import { CheckoutPayments } from '../payments/checkout/checkout-payments.service.js';
import { FulfilmentError } from '../payments/fulfilment/fulfilment.service.js';
import { ownersOf } from '../payments/store/payment-owner.js';
import { PaymentReader } from '../payments/account/payment-reader.service.js';
import type { PaymentSummary } from '../payments/account/payment.summary.js';
import { StripeRefusedError, StripeUnavailableError } from '../stripe/stripe.errors.js';
import { StripeService } from '../stripe/stripe.service.js';
import { withTimeout } from '../time/with-timeout.js';
import { type Offer, Offers } from './catalog/offers.service.js';
import { CheckoutOpener } from './checkout-opener.service.js';
import { SharedCalls } from '../payments/checkout/shared-calls.js';

/** A customer's request is answered within 20 s, however slowly Stripe answers, and however often it is asked. */
const LONGEST_START_MS = 18_000;
/** A success page that is shown again within that, ms, does not ask Stripe again. It refreshes itself less often. */
const ASKED_AGAIN_AFTER_MS = 3_000;
/**
 * How often a minute Stripe is asked for success pages of one user, at least: as often as five pages that wait refresh
 * themselves. More often where CHECKOUTS_PER_MINUTE lets one user begin more checkouts.
 */
const LEAST_ASKED_A_MINUTE = 60;
const A_MINUTE_MS = 60_000;

export type CheckoutStart =
  /** The customer goes on at `url`. */
  { outcome: 'opened'; url: string } | { outcome: 'not_for_sale' } | { outcome: 'unavailable'; cause?: Error };

/** Opens Checkout Sessions, and finds out how they ended for customers who are back before the webhook. */
@Injectable()
export class CheckoutService {
  private readonly logger = new Logger('Billing');
  private readonly asked = new SharedCalls<void>(ASKED_AGAIN_AFTER_MS);

  constructor(
    private readonly stripe: StripeService,
    private readonly offers: Offers,
    private readonly opener: CheckoutOpener,
    private readonly payments: CheckoutPayments,
    private readonly reader: PaymentReader,
    private readonly limits: RateLimitStorage,
    private readonly env: Env,
  ) {}

  /** Starts the purchase of what `lookupKey` names, or of the first offer. */
  async start(user: User, lookupKey: string | undefined): Promise<CheckoutStart> {
    try {
      return await withTimeout(LONGEST_START_MS, this.findAndOpen(user, lookupKey), tooLong);
    } catch (error) {
      if (!(error instanceof StripeUnavailableError || error instanceof StripeRefusedError)) throw error;
      this.offers.missed();
      return { outcome: 'unavailable', cause: error };
    }
  }

  /**
   * The user's payment as it is now. Where it is not settled, Stripe is asked, and what it says is stored by the code
   * that the webhook uses. `undefined` for an unknown session and for somebody else's alike.
   */
  async lookUp(user: User, checkoutSessionId: string): Promise<PaymentSummary | undefined> {
    const owners = ownersOf(user);
    const payment = await this.reader.find(owners, checkoutSessionId);
    if (!payment || !['pending', 'processing'].includes(payment.status)) return payment;
    await this.asked.run(payment.id, () => this.ask(user, checkoutSessionId));
    return this.reader.find(owners, checkoutSessionId);
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

  /** Once more, with what Stripe says is for sale now. */
  private async openAgain(user: User, refused: Offer): Promise<CheckoutStart> {
    this.offers.forget();
    const offer = await this.findOffer(refused.lookupKey);
    if (!offer) return { outcome: 'not_for_sale' };
    if (offer.priceId === refused.priceId) return { outcome: 'unavailable' };
    const url = await this.opener.open(user, offer);
    return url ? { outcome: 'opened', url } : { outcome: 'unavailable' };
  }

  /** Asks Stripe, unless that was done just now or too often; the customer sees what is known here all the same. */
  private async ask(user: User, checkoutSessionId: string): Promise<void> {
    const most = Math.max(LEAST_ASKED_A_MINUTE, this.env.rateLimits.checkouts);
    const { isBlocked } = await this.limits.increment(limitOf(user), A_MINUTE_MS, most);
    if (isBlocked) return;
    try {
      await this.payments.note(await this.stripe.retrieveCheckoutSession(checkoutSessionId), 'success page');
    } catch (error) {
      if (!mayComeLater(error)) throw error;
      this.logger.warn(`${error.message} The webhook will tell.`);
    }
  }
}

/** The customer need not see it: the payment is settled once the webhook comes, or comes again. */
const mayComeLater = (error: unknown) =>
  error instanceof StripeUnavailableError || error instanceof StripeRefusedError || error instanceof FulfilmentError;

/** What the asking is counted by. */
const limitOf = ({ id }: User): string => createHash('sha256').update(`success page of ${id}`).digest('hex');

const tooLong = () => new StripeUnavailableError('all that a checkout asks', 'it took too long');
