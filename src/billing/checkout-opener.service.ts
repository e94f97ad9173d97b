import { Injectable, Logger } from '@nestjs/common';
import { normalizeEmail, type User } from '../auth/user.js';
import { Env } from '../config/env.js';
import { Customers } from '../customers/customers.service.js';
import { ownerOf as toOwner } from '../customers/owner.js';
import { CheckoutPayments, type OpenPayment } from '../payments/checkout/checkout-payments.service.js';
import { FulfilmentError } from '../payments/fulfilment/fulfilment.service.js';
import { IDEMPOTENCY_KEY_REUSED, StripeRefusedError, StripeUnavailableError } from '../stripe/stripe.errors.js';
import { StripeService } from '../stripe/stripe.service.js';
import type { CheckoutSession } from '../stripe/stripe.types.js';
import { SharedCalls } from '../time/calls.js';
import type { Offer } from './catalog/offers.service.js';
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
    private readonly customers: Customers,
    private readonly clock: Clock,
  ) {}

  /**
   * @returns the address of the session's page; undefined if Stripe refused the offer, such as a price that was archived since
   * @throws StripeUnavailableError if Stripe did not answer. The next click finds what is open then
   */
  open(user: User, offer: Offer, quantity = 1): Promise<string | undefined> {
    const key = JSON.stringify([user.id, user.email, offer.lookupKey, offer.priceId, quantity]);
    return this.underWay.run(key, () => this.openOne(user, forAll(offer, quantity), quantity));
  }

  private async openOne(
    user: User,
    offer: Offer,
    quantity: number,
    mayReplaceCustomer = true,
  ): Promise<string | undefined> {
    const { lookupKey: priceKey, name: description, amount, currency, otherPrices, priceId } = offer;
    const wanted = { ...ownerOf(user), description, priceKey, amount, currency, otherPrices, priceId, quantity };
    const closed = new Set<string>();
    for (;;) {
      // Before the row: UnfinishedCheckouts ends a row whose session is not there after the time of one call.
      const customerId = await this.customerOf(user);
      if (customerId === undefined) return undefined;
      const payment = await this.payments.findOrOpen(wanted, closed);
      const session = await this.sessionOf(payment, customerId, offer);
      if (
        payment.isOnly &&
        payment.quantity === quantity &&
        fits(payment, user, offer) &&
        session &&
        canBePaid(session, this.clock.now())
      )
        return session.url;
      if (payment.isNew && !session)
        return mayReplaceCustomer && (await this.customers.replaceIfMissing(customerId))
          ? this.openOne(user, offer, quantity, false)
          : undefined;
      if (payment.isNew) throw new StripeUnavailableError('checkout.sessions.create', 'the session cannot be paid');
      if (session?.status === 'open') await this.expire(session);
      closed.add(payment.id);
    }
  }

  /** The user's customer at Stripe; undefined if Stripe refused to make it. */
  private async customerOf({ id, email }: User): Promise<string | undefined> {
    try {
      return await this.customers.ensure(toOwner({ id }), email);
    } catch (error) {
      if (!(error instanceof StripeRefusedError)) throw error;
      this.logger.warn(error.message);
      return undefined;
    }
  }

  /** The payment's session from Stripe, whose facts are stored; undefined if there is none and cannot be one. */
  private async sessionOf(
    payment: OpenPayment,
    customerId: string,
    offer: Offer,
  ): Promise<CheckoutSession | undefined> {
    if (!payment.checkoutSessionId) return this.createSession(payment, customerId, offer);
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
  private async createSession(
    payment: OpenPayment,
    customerId: string,
    offer: Offer,
  ): Promise<CheckoutSession | undefined> {
    const { id, priceId, quantity } = payment;
    try {
      const session = await this.stripe.createCheckoutSession({
        ...offer.checkout,
        priceId: priceId ?? offer.priceId,
        quantity,
        clientReferenceId: id,
        customerId,
        successUrl: `${this.env.domainUrl}/success?checkout_sid={CHECKOUT_SESSION_ID}`,
        cancelUrl: `${this.env.domainUrl}/cancel`,
        metadata: { ...offer.metadata, app_name: this.env.appName, payment_id: id },
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

/** The offer of several of the same at once. */
function forAll(offer: Offer, quantity: number): Offer {
  if (quantity === 1) return offer;
  const { amount, otherPrices = {} } = offer;
  const others = Object.entries(otherPrices).map(([currency, one]) => [currency, one * quantity] as const);
  return { ...offer, amount: amount * quantity, otherPrices: Object.fromEntries(others) };
}

/** Whether the payment is for what the customer sees now. Rows of older versions have no price. */
const fits = (payment: OpenPayment, user: User, offer: Offer): boolean =>
  (payment.priceId ?? offer.priceId) === offer.priceId &&
  payment.amount === offer.amount &&
  payment.currency === offer.currency &&
  payment.email === normalizeEmail(user.email);

/** Whether a session is open, and for long enough. */
export const canBePaid = (session: CheckoutSession, now: Date): session is CheckoutSession & { url: string } =>
  session.status === 'open' &&
  /^https?:\/\//.test(session.url ?? '') &&
  session.expires_at * 1_000 > now.getTime() + LEAST_TIME_LEFT_MS;
