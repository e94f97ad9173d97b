import { Injectable, Logger } from '@nestjs/common';
import { normalizeEmail, type User } from '../auth/user.js';
import { Env } from '../config/env.js';
import { CheckoutPayments, type OpenPayment } from '../payments/checkout/checkout-payments.service.js';
import { FulfilmentError } from '../payments/fulfilment/fulfilment.service.js';
import { IDEMPOTENCY_KEY_REUSED, StripeRefusedError, StripeUnavailableError } from '../stripe/stripe.errors.js';
import { StripeService } from '../stripe/stripe.service.js';
import type { CheckoutSession } from '../stripe/stripe.types.js';
import { SharedCalls, withTimeout } from '../time/calls.js';
import { type Offer, Offers } from './catalog/offers.service.js';
import { Clock } from '../time/clock.js';

/** A session is reused only if it stays open at least this long, ms: the shortest life that Stripe allows. */
const LEAST_TIME_LEFT_MS = 30 * 60_000;

/**
 * Keeps at most one open Checkout Session for each customer and price, so that two tabs cannot pay for the same thing twice. Other
 * open sessions are expired at Stripe before a new one is created.
 */
@Injectable()
export class CheckoutOpener {
  private readonly logger = new Logger('Billing');
  private readonly underWay = new SharedCalls<string | undefined>();

  constructor(
    private readonly env: Env,
    private readonly stripe: StripeService,
    private readonly payments: CheckoutPayments,
    private readonly clock: Clock,
  ) {}

  /**
   * @returns the address of the session's page; undefined if Stripe refused the offer, such as a price that was archived since
   * @throws StripeUnavailableError if Stripe did not answer. The next click finds what is open then
   */
  open(user: User, offer: Offer): Promise<string | undefined> {
    const key = JSON.stringify([user.id, user.email, offer.lookupKey, offer.priceId]);
    return this.underWay.run(key, () => this.openOne(user, offer));
  }

  private async openOne(user: User, offer: Offer): Promise<string | undefined> {
    const { lookupKey: priceKey, name: description, amount, currency, otherPrices, priceId } = offer;
    const wanted = { ...ownerOf(user), description, priceKey, amount, currency, otherPrices, priceId };
    const closed = new Set<string>();
    for (;;) {
      const payment = await this.payments.findOrOpen(wanted, closed);
      const session = await this.sessionOf(payment, offer);
      if (payment.isOnly && fits(payment, user, offer) && session && canBePaid(session, this.clock.now()))
        return session.url;
      if (payment.isNew && !session) return undefined;
      if (payment.isNew) throw new StripeUnavailableError('checkout.sessions.create', 'the session cannot be paid');
      if (session?.status === 'open') await this.expire(session);
      closed.add(payment.id);
    }
  }

  /** The payment's session from Stripe, whose facts are stored; undefined if there is none and cannot be one. */
  private async sessionOf(payment: OpenPayment, offer: Offer): Promise<CheckoutSession | undefined> {
    if (!payment.checkoutSessionId) return this.createSession(payment, offer);
    try {
      const session = await this.stripe.retrieveCheckoutSession(payment.checkoutSessionId);
      if (session.status !== 'open') await this.note(session, 'seen before another checkout');
      return session;
    } catch (error) {
      if (!(error instanceof StripeRefusedError && error.code === 'resource_missing')) throw error;
      this.logger.warn(`${error.message} Its payment ${payment.id} is ended.`);
      await this.payments.markUnknown(payment.id);
      return undefined;
    }
  }

  /** Creates the session. The idempotency key is that of the payment, so a repeated call never creates a second one. */
  private async createSession({ id, email, priceId }: OpenPayment, offer: Offer): Promise<CheckoutSession | undefined> {
    try {
      const session = await this.stripe.createCheckoutSession({
        priceId: priceId ?? offer.priceId,
        clientReferenceId: id,
        customerEmail: email,
        successUrl: `${this.env.domainUrl}/success?checkout_sid={CHECKOUT_SESSION_ID}`,
        cancelUrl: `${this.env.domainUrl}/cancel`,
        metadata: { app_name: this.env.appName, payment_id: id },
        idempotencyKey: `checkout_${id}`,
      });
      await this.note(session, 'checkout opened');
      return session;
    } catch (error) {
      if (!(error instanceof StripeRefusedError)) throw error;
      // After a change of settings. The session may exist; UnfinishedCheckouts looks for it.
      if (error.code === IDEMPOTENCY_KEY_REUSED) throw new StripeUnavailableError(error.call, error.reason);
      this.logger.warn(error.message);
      await this.payments.markRefused(id);
      return undefined;
    }
  }

  /** Expires the session, unless it was paid meanwhile. Afterwards nobody can pay it. */
  private async expire({ id }: CheckoutSession): Promise<void> {
    const ended = await this.stripe.expireCheckoutSession(id).catch((error: unknown) => {
      if (error instanceof StripeRefusedError) return this.stripe.retrieveCheckoutSession(id);
      throw error;
    });
    await this.note(ended, 'gave way to another checkout');
    if (ended.status === 'open') throw new StripeUnavailableError('checkout.sessions.expire', `${id} stays open`);
  }

  private async note(session: CheckoutSession, cause: string): Promise<void> {
    await this.payments.note(session, cause).catch((error: unknown) => {
      if (!(error instanceof FulfilmentError)) throw error;
      this.logger.warn(`${error.message} The webhook completes it.`); // paid at Stripe, so no longer open
    });
  }
}

const ownerOf = ({ id, email, emailVerified }: User) => ({ userId: id, email, emailVerified });

/** Whether the payment is for what the customer sees now. Rows of older versions have no price. */
const fits = (payment: OpenPayment, user: User, offer: Offer): boolean =>
  (payment.priceId ?? offer.priceId) === offer.priceId &&
  payment.amount === offer.amount &&
  payment.currency === offer.currency &&
  payment.email === normalizeEmail(user.email);

const canBePaid = (session: CheckoutSession, now: Date): session is CheckoutSession & { url: string } =>
  session.status === 'open' &&
  /^https?:\/\//.test(session.url ?? '') &&
  session.expires_at * 1_000 > now.getTime() + LEAST_TIME_LEFT_MS;

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
