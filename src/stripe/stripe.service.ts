import { Injectable } from '@nestjs/common';
import { Stripe } from 'stripe';
import { Env } from '../config/env.js';
import { ACCESS, type Access } from './access.js';
import { API_VERSION, createStripeClient, pages } from './stripe-client.js';
import type {
  CheckoutSession,
  Dispute,
  Price,
  Product,
  Refund,
  StripeEventType,
  WebhookEndpoint,
} from './stripe.types.js';
import { StripeKeyError, StripeRefusedError, StripeUnavailableError, translateError } from './stripe.errors.js';
import { unixSeconds } from '../time/unix-seconds.js';
import { withTimeout } from '../time/with-timeout.js';

/** By the clock, with retries: the SDK's own timeout is of silence, which an answer that trickles in never is. */
const LONGEST_CALL_MS = 17_000;

/** A new Checkout Session for one price. */
export interface NewCheckoutSession {
  priceId: string;
  clientReferenceId: string;
  customerEmail: string;
  /** May hold `{CHECKOUT_SESSION_ID}`, which Stripe fills in. */
  successUrl: string;
  cancelUrl: string;
  /** Goes on the session and on its Payment Intent, so that every event tells whose it is. */
  metadata: Record<string, string>;
  idempotencyKey: string;
}

/** A new refund of (a part of) a Payment Intent. `amount` is in the currency's minor unit. */
export interface NewRefund {
  paymentIntentId: string;
  amount: number;
  reason: 'requested_by_customer' | 'duplicate' | 'fraudulent';
  metadata: Record<string, string>;
  idempotencyKey: string;
}

export interface NewPrice {
  productId: string;
  currency: string;
  /** In the currency's minor unit. */
  amount: number;
  lookupKey: string;
  metadata: Record<string, string>;
}

/** What a product is made or kept as. */
export interface ProductDetails {
  id: string;
  name: string;
  description: string;
  metadata: Record<string, string>;
}

/** What a webhook endpoint is made or kept as. */
export interface EndpointDetails {
  url: string;
  events: readonly StripeEventType[];
  metadata: Record<string, string>;
}

/**
 * Every call that goes out to Stripe. The one class that tests mock.
 *
 * Each method rejects with StripeUnavailableError where the outcome is not known, and with StripeRefusedError where
 * Stripe said no.
 */
@Injectable()
export class StripeService {
  private readonly client: Stripe;
  private readonly address: string;

  constructor(env: Env) {
    if (!env.stripe)
      throw new Error('Stripe is not set up: give STRIPE_SECRET_KEY, or start the sandbox before the app');
    this.client = createStripeClient(env.stripe);
    this.address = env.stripe.apiBase ?? 'https://api.stripe.com';
  }

  createCheckoutSession(session: NewCheckoutSession): Promise<CheckoutSession> {
    return this.call('checkout.sessions.create', () =>
      this.client.checkout.sessions.create(
        {
          mode: 'payment',
          line_items: [{ price: session.priceId, quantity: 1 }],
          client_reference_id: session.clientReferenceId,
          customer_email: session.customerEmail,
          success_url: session.successUrl,
          cancel_url: session.cancelUrl,
          metadata: session.metadata,
          payment_intent_data: { metadata: session.metadata },
        },
        { idempotencyKey: session.idempotencyKey },
      ),
    );
  }

  retrieveCheckoutSession(id: string): Promise<CheckoutSession> {
    return this.call('checkout.sessions.retrieve', () => this.client.checkout.sessions.retrieve(id));
  }

  /** Ends an open session, so that nobody can pay it any more; refused where it is not open. */
  expireCheckoutSession(id: string): Promise<CheckoutSession> {
    return this.call('checkout.sessions.expire', () => this.client.checkout.sessions.expire(id));
  }

  /** With its Payment Intent, and that with its latest charge. */
  checkoutSessionWithPayment(id: string): Promise<CheckoutSession> {
    const expand = ['payment_intent.latest_charge'];
    return this.call('checkout.sessions.retrieve', () => this.client.checkout.sessions.retrieve(id, { expand }));
  }

  /** Checkout Sessions made since then, newest first, a page at a time; each with its Payment Intent and latest charge. */
  checkoutSessionsSince(since: Date): AsyncGenerator<CheckoutSession[]> {
    const expand = ['data.payment_intent.latest_charge'];
    const params = { created: { gte: unixSeconds(since) }, expand };
    return pages((page) =>
      this.call('checkout.sessions.list', () => this.client.checkout.sessions.list({ ...params, ...page })),
    );
  }

  /** Refunds made since then, newest first, a page at a time. */
  refundsSince(since: Date): AsyncGenerator<Refund[]> {
    const params = { created: { gte: unixSeconds(since) } };
    return pages((page) => this.call('refunds.list', () => this.client.refunds.list({ ...params, ...page })));
  }

  /** Disputes opened since then, newest first, a page at a time. */
  disputesSince(since: Date): AsyncGenerator<Dispute[]> {
    const params = { created: { gte: unixSeconds(since) } };
    return pages((page) => this.call('disputes.list', () => this.client.disputes.list({ ...params, ...page })));
  }

  createRefund(refund: NewRefund): Promise<Refund> {
    return this.call('refunds.create', () =>
      this.client.refunds.create(
        {
          payment_intent: refund.paymentIntentId,
          amount: refund.amount,
          reason: refund.reason,
          metadata: refund.metadata,
        },
        { idempotencyKey: refund.idempotencyKey },
      ),
    );
  }

  /** The refund of a Payment Intent that fits, or `undefined`. Lists, unlike search, show what was just made. */
  async findRefund(paymentIntentId: string, fits: (refund: Refund) => boolean): Promise<Refund | undefined> {
    const refunds = await this.call('refunds.list', () =>
      this.client.refunds.list({ payment_intent: paymentIntentId, limit: 100 }).autoPagingToArray({ limit: 10_000 }),
    );
    return refunds.find(fits);
  }

  /** The product with this id, or `undefined`. */
  async findProduct(id: string): Promise<Product | undefined> {
    const { data } = await this.call('products.list', () => this.client.products.list({ ids: [id], limit: 1 }));
    return data[0];
  }

  createProduct({ id, name, description, metadata }: ProductDetails): Promise<Product> {
    return this.call('products.create', () => this.client.products.create({ id, name, description, metadata }));
  }

  updateProduct(id: string, changes: Partial<Omit<ProductDetails, 'id'>> & { active?: boolean }): Promise<Product> {
    return this.call('products.update', () => this.client.products.update(id, changes));
  }

  /**
   * The active prices that hold these lookup keys, with what they are in other currencies. At most ten keys a call, says Stripe;
   * more are asked for in turn.
   */
  async findPrices(lookupKeys: readonly string[]): Promise<Price[]> {
    const found: Price[] = [];
    for (let at = 0; at < lookupKeys.length; at += 10) {
      const keys = lookupKeys.slice(at, at + 10);
      const { data } = await this.call('prices.list', () =>
        this.client.prices.list({ lookup_keys: keys, active: true, limit: 100, expand: ['data.currency_options'] }),
      );
      found.push(...data);
    }
    return found;
  }

  /** Makes a price that takes the lookup key over from whichever price held it. */
  createPrice({ productId, currency, amount, lookupKey, metadata }: NewPrice): Promise<Price> {
    return this.call('prices.create', () =>
      this.client.prices.create({
        product: productId,
        currency,
        unit_amount: amount,
        lookup_key: lookupKey,
        transfer_lookup_key: true,
        metadata,
      }),
    );
  }

  /** Every active price of a product. */
  activePricesOf(productId: string): Promise<Price[]> {
    return this.call('prices.list', () =>
      this.client.prices.list({ product: productId, active: true, limit: 100 }).autoPagingToArray({ limit: 10_000 }),
    );
  }

  archivePrice(id: string): Promise<Price> {
    return this.call('prices.update', () => this.client.prices.update(id, { active: false }));
  }

  /** Every webhook endpoint of the account, whoever made it. */
  webhookEndpoints(): Promise<WebhookEndpoint[]> {
    return this.call('webhook_endpoints.list', () =>
      this.client.webhookEndpoints.list({ limit: 100 }).autoPagingToArray({ limit: 1_000 }),
    );
  }

  /** Makes an endpoint of the SDK's API version. This answer is the only one that ever carries its `secret`. */
  createWebhookEndpoint({ url, events, metadata }: EndpointDetails): Promise<WebhookEndpoint> {
    return this.call('webhook_endpoints.create', () =>
      this.client.webhookEndpoints.create({ url, enabled_events: [...events], api_version: API_VERSION, metadata }),
    );
  }

  /** Its API version can never be changed. */
  updateWebhookEndpoint(
    id: string,
    { events, ...changes }: Partial<Omit<EndpointDetails, 'url'>> & { disabled?: boolean },
  ): Promise<WebhookEndpoint> {
    return this.call('webhook_endpoints.update', () =>
      this.client.webhookEndpoints.update(id, { ...changes, ...(events && { enabled_events: [...events] }) }),
    );
  }

  /** Events since then that have not reached every endpoint of the account, newest first; at most 1,000. */
  undeliveredEvents(since: Date): Promise<{ id: string; type: string; created: number }[]> {
    const params = { created: { gte: unixSeconds(since) }, delivery_success: false, limit: 100 };
    return this.call('events.list', () => this.client.events.list(params).autoPagingToArray({ limit: 1_000 }));
  }

  /**
   * Whether the key may do this; where not, in Stripe's words. Changes nothing.
   * @throws StripeKeyError where there is no such key, StripeUnavailableError
   */
  async access(to: Access): Promise<{ allowed: boolean; said?: string }> {
    try {
      await this.call<unknown>(`a call that needs "${to}"`, () => ACCESS[to](this.client));
    } catch (error) {
      if (error instanceof StripeKeyError && error.status === 403) return { allowed: false, said: error.said };
      if (!(error instanceof StripeRefusedError)) throw error; // refused for the object that is not there: the key may
    }
    return { allowed: true };
  }

  /** Stripe's clock, by the `Date` of an answer: whole seconds, rounded down. Any key will do, and none. */
  async serverTime(): Promise<Date> {
    const answer = await fetch(`${this.address}/v1/events`, { signal: AbortSignal.timeout(LONGEST_CALL_MS) }).catch(
      (error: unknown) => {
        throw new StripeUnavailableError('a request for the time', String(error));
      },
    );
    await answer.body?.cancel();
    const date = new Date(answer.headers.get('date') ?? '');
    if (Number.isNaN(date.getTime()))
      throw new StripeUnavailableError('a request for the time', 'no Date in the answer');
    return date;
  }

  private async call<T>(name: string, make: () => Promise<T>): Promise<T> {
    try {
      return await withTimeout(LONGEST_CALL_MS, make(), () => new StripeUnavailableError(name, 'it took too long'));
    } catch (error) {
      throw translateError(name, error);
    }
  }
}
