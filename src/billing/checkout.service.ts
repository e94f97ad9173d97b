import { Injectable, Logger } from '@nestjs/common';
import type { User } from '../auth/user.js';
import { Env } from '../config/env.js';
import { CheckoutPayments } from '../payments/checkout/checkout-payments.service.js';
import { FulfilmentError } from '../payments/fulfilment/fulfilment.error.js';
import { ownersOf } from '../payments/ledger/payment-owner.js';
import { PaymentReader } from '../payments/reading/payment-reader.service.js';
import type { PaymentSummary } from '../payments/reading/payment.summary.js';
import { StripeRefusedError, StripeUnavailableError } from '../stripe/stripe.errors.js';
import { StripeService } from '../stripe/stripe.service.js';
import type { CheckoutSession } from '../stripe/stripe.types.js';
import { within } from '../time/within.js';
import { type Offer, Offers } from './catalog/offers.service.js';

/** A customer's request is answered within 20 s, however slowly Stripe answers, and however often it is asked. */
const LONGEST_START_MS = 18_000;

export type CheckoutStart =
  /** The customer goes on at `url`. */
  { outcome: 'opened'; url: string } | { outcome: 'not_for_sale' } | { outcome: 'unavailable'; cause?: Error };

/** Opens Checkout Sessions, and finds out how they ended for customers who are back before the webhook. */
@Injectable()
export class CheckoutService {
  private readonly logger = new Logger('Billing');

  constructor(
    private readonly env: Env,
    private readonly stripe: StripeService,
    private readonly offers: Offers,
    private readonly payments: CheckoutPayments,
    private readonly reader: PaymentReader,
  ) {}

  /** Starts the purchase of what `lookupKey` names, or of the first offer. */
  async start(user: User, lookupKey: string | undefined): Promise<CheckoutStart> {
    try {
      return await within(LONGEST_START_MS, this.findAndOpen(user, lookupKey), tooLong);
    } catch (error) {
      if (!(error instanceof StripeUnavailableError || error instanceof StripeRefusedError)) throw error;
      this.offers.forget();
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
    try {
      await this.payments.note(await this.stripe.retrieveCheckoutSession(checkoutSessionId), 'success page');
    } catch (error) {
      if (!mayComeLater(error)) throw error;
      this.logger.warn(`${error.message} The webhook will tell.`);
      return payment;
    }
    return this.reader.find(owners, checkoutSessionId);
  }

  private async findAndOpen(user: User, lookupKey: string | undefined): Promise<CheckoutStart> {
    const offer = await this.findOffer(lookupKey);
    if (!offer) return { outcome: 'not_for_sale' };
    return (await this.open(user, offer)) ?? (await this.openAgain(user, offer));
  }

  private async findOffer(lookupKey: string | undefined): Promise<Offer | undefined> {
    const offers = await this.offers.current();
    return lookupKey === undefined ? offers[0] : offers.find((offer) => offer.lookupKey === lookupKey);
  }

  /** `undefined` where Stripe refused, as it does for a price that was archived since we asked for it. */
  private async open(user: User, offer: Offer): Promise<CheckoutStart | undefined> {
    const { lookupKey: priceKey, name: description, amount, currency } = offer;
    const paymentId = await this.payments.open({
      userId: user.id,
      email: user.email,
      emailVerified: user.emailVerified,
      description,
      priceKey,
      amount,
      currency,
    });
    try {
      const session = await this.createSession(user, offer, paymentId);
      await this.payments.note(session, 'checkout opened');
      return session.url ? { outcome: 'opened', url: session.url } : { outcome: 'unavailable' };
    } catch (error) {
      // Only a "no" is final: after a silence the session may exist, and its events will tell.
      if (!(error instanceof StripeRefusedError)) throw error;
      this.logger.warn(error.message);
      await this.payments.refuse(paymentId);
      return undefined;
    }
  }

  /** Once more, with what Stripe says is for sale now. */
  private async openAgain(user: User, refused: Offer): Promise<CheckoutStart> {
    this.offers.forget();
    const offer = await this.findOffer(refused.lookupKey);
    if (!offer) return { outcome: 'not_for_sale' };
    if (offer.priceId === refused.priceId) return { outcome: 'unavailable' };
    return (await this.open(user, offer)) ?? { outcome: 'unavailable' };
  }

  private createSession(user: User, offer: Offer, paymentId: string): Promise<CheckoutSession> {
    return this.stripe.createCheckoutSession({
      priceId: offer.priceId,
      clientReferenceId: paymentId,
      customerEmail: user.email,
      successUrl: `${this.env.domainUrl}/success?checkout_sid={CHECKOUT_SESSION_ID}`,
      cancelUrl: `${this.env.domainUrl}/cancel`,
      metadata: { app_name: this.env.appName, payment_id: paymentId },
      idempotencyKey: `checkout_${paymentId}`,
    });
  }
}

/** The customer need not see it: the payment is settled once the webhook comes, or comes again. */
const mayComeLater = (error: unknown) =>
  error instanceof StripeUnavailableError || error instanceof StripeRefusedError || error instanceof FulfilmentError;

const tooLong = () => new StripeUnavailableError('all that a checkout asks', 'it took too long');
