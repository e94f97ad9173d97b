import { Injectable, Logger } from '@nestjs/common';
import { normalizeEmail, type User } from '../auth/user.js';
import { Env } from '../config/env.js';
import { keyOfOwner, ownerOf } from '../customers/owner.js';
import { CheckoutPayments, type OpenPayment } from '../payments/checkout/checkout-payments.service.js';
import { FulfilmentError } from '../payments/fulfilment/fulfilment.service.js';
import { StripeService } from '../stripe/stripe.service.js';
import type { CheckoutSession } from '../stripe/stripe.types.js';
import { SharedCalls } from '../time/calls.js';
import type { Offer } from './catalog/offers.service.js';
import { type CheckoutRows, type OpenedSession, OnlySession } from './only-session.service.js';

/** Opens the Checkout Session of a one-time purchase: at most one for each customer and price. */
@Injectable()
export class CheckoutOpener {
  private readonly logger = new Logger('Billing');
  private readonly underWay = new SharedCalls<OpenedSession>();

  constructor(
    private readonly env: Env,
    private readonly stripe: StripeService,
    private readonly payments: CheckoutPayments,
    private readonly only: OnlySession,
  ) {}

  /** @throws StripeUnavailableError if Stripe did not answer. The next click finds what is open then */
  open(user: User, offer: Offer, quantity = 1): Promise<OpenedSession> {
    const key = JSON.stringify([
      keyOfOwner(ownerOf(user)),
      user.id,
      user.email,
      offer.lookupKey,
      offer.priceId,
      quantity,
    ]);
    return this.underWay.run(key, () => this.only.open(user, this.rowsOf(user, forAll(offer, quantity), quantity)));
  }

  private rowsOf(user: User, offer: Offer, quantity: number): CheckoutRows<OpenPayment> {
    const { id: userId, email, emailVerified } = user;
    const { lookupKey: priceKey, name: description, amount, currency, otherPrices, priceId } = offer;
    const what = { description, priceKey, amount, currency, otherPrices, priceId, quantity };
    return {
      findOrOpen: async (_, closed) => {
        const row = await this.payments.findOrOpen({ userId, email, emailVerified, ...what }, closed);
        return { row, isNew: row.isNew, isOnly: row.isOnly };
      },
      // Rows of older versions have no price.
      fits: (row) =>
        row.quantity === quantity &&
        (row.priceId ?? priceId) === priceId &&
        row.amount === amount &&
        row.currency === currency &&
        row.email === normalizeEmail(email),
      create: (row, customerId) => this.create(row, customerId, offer),
      note: (session, cause) => this.note(session, cause),
      end: (id, how) => (how === 'failedAt' ? this.payments.markRefused(id) : this.payments.markUnknown(id)),
    };
  }

  private create({ id, priceId, quantity }: OpenPayment, customerId: string, offer: Offer) {
    return this.stripe.createCheckoutSession({
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
  }

  private async note(session: CheckoutSession, cause: string): Promise<void> {
    await this.payments.note(session, cause).catch((error: unknown) => {
      if (!(error instanceof FulfilmentError)) throw error;
      this.logger.warn(`${error.message} The webhook completes it.`); // paid at Stripe, so no longer open
    });
  }
}

/** The offer of several of the same at once. */
function forAll(offer: Offer, quantity: number): Offer {
  if (quantity === 1) return offer;
  const { amount, otherPrices = {} } = offer;
  const others = Object.entries(otherPrices).map(([currency, one]) => [currency, one * quantity] as const);
  return { ...offer, amount: amount * quantity, otherPrices: Object.fromEntries(others) };
}
