import { Injectable } from '@nestjs/common';
import { Stripe } from 'stripe';
import { Env } from '../config/env.js';
import { choicesOf, toUnixSeconds } from './stripe-fields.js';
import { type Access, type AccessResult, checkAccess, fetchServerTime } from './access.js';
import { API_VERSION, callStripe, paginate, stripeClientOf } from './stripe-client.js';
import type {
  CheckoutSession,
  Dispute,
  EndpointDetails,
  NewCheckoutSession,
  NewPrice,
  NewRefund,
  Price,
  Product,
  ProductDetails,
  Refund,
  WebhookEndpoint,
} from './stripe.types.js';

/** Entries that are read of a list that is needed whole, at most. */
const WHOLE = { limit: 10_000 };
/** Lookup keys that Stripe takes in one call. */
const KEYS_PER_CALL = 10;

/**
 * Every call to Stripe. The one class that tests mock.
 *
 * Each call takes 17 s at most, retries included, and rejects with StripeUnavailableError where the outcome is not known,
 * StripeKeyError where the secret key is not accepted, and StripeRefusedError where Stripe refused the call.
 */
@Injectable()
export class StripeService {
  private readonly client: Stripe;
  private readonly address: string;

  constructor(env: Env) {
    this.client = stripeClientOf(env);
    this.address = env.stripe?.apiBase ?? 'https://api.stripe.com';
  }

  createCheckoutSession(session: NewCheckoutSession): Promise<CheckoutSession> {
    const { priceId, metadata, idempotencyKey } = session;
    const params: Stripe.Checkout.SessionCreateParams = {
      mode: 'payment',
      line_items: [{ price: priceId, quantity: session.quantity ?? 1 }],
      client_reference_id: session.clientReferenceId,
      customer: session.customerId,
      success_url: session.successUrl,
      cancel_url: session.cancelUrl,
      metadata,
      payment_intent_data: { metadata },
      ...choicesOf(session),
    };
    return callStripe('checkout.sessions.create', () =>
      this.client.checkout.sessions.create(params, { idempotencyKey }),
    );
  }

  retrieveCheckoutSession(id: string): Promise<CheckoutSession> {
    return callStripe('checkout.sessions.retrieve', () => this.client.checkout.sessions.retrieve(id));
  }

  /** Expires an open Checkout Session, so that it cannot be paid any more. Refused where it is not open. */
  expireCheckoutSession(id: string): Promise<CheckoutSession> {
    return callStripe('checkout.sessions.expire', (idempotencyKey) =>
      this.client.checkout.sessions.expire(id, {}, { idempotencyKey }),
    );
  }

  /** A Checkout Session with its Payment Intent and that one's latest charge expanded. */
  checkoutSessionWithPayment(id: string): Promise<CheckoutSession> {
    const expand = ['payment_intent.latest_charge'];
    return callStripe('checkout.sessions.retrieve', () => this.client.checkout.sessions.retrieve(id, { expand }));
  }

  /** Checkout Sessions created since then, newest first, in pages; each with its Payment Intent and latest charge expanded. */
  checkoutSessionsSince(since: Date): AsyncGenerator<CheckoutSession[]> {
    const params = { created: { gte: toUnixSeconds(since) }, expand: ['data.payment_intent.latest_charge'] };
    return paginate((page) =>
      callStripe('checkout.sessions.list', () => this.client.checkout.sessions.list({ ...params, ...page })),
    );
  }

  /** Refunds created since then, newest first, in pages. */
  refundsSince(since: Date): AsyncGenerator<Refund[]> {
    const params = { created: { gte: toUnixSeconds(since) } };
    return paginate((page) => callStripe('refunds.list', () => this.client.refunds.list({ ...params, ...page })));
  }

  /** Disputes opened since then, newest first, in pages. */
  disputesSince(since: Date): AsyncGenerator<Dispute[]> {
    const params = { created: { gte: toUnixSeconds(since) } };
    return paginate((page) => callStripe('disputes.list', () => this.client.disputes.list({ ...params, ...page })));
  }

  createRefund({ paymentIntentId, amount, reason, metadata, idempotencyKey }: NewRefund): Promise<Refund> {
    const params = { payment_intent: paymentIntentId, amount, reason, metadata };
    return callStripe('refunds.create', () => this.client.refunds.create(params, { idempotencyKey }));
  }

  /** The first refund of a Payment Intent for which `fits` is true, or `undefined`. Lists, unlike search, hold what was just created. */
  async findRefund(paymentIntentId: string, fits: (refund: Refund) => boolean): Promise<Refund | undefined> {
    const refunds = await callStripe('refunds.list', () =>
      this.client.refunds.list({ payment_intent: paymentIntentId, limit: 100 }).autoPagingToArray(WHOLE),
    );
    return refunds.find(fits);
  }

  /** The product with this id, or `undefined`. */
  async findProduct(id: string): Promise<Product | undefined> {
    const { data } = await callStripe('products.list', () => this.client.products.list({ ids: [id], limit: 1 }));
    return data[0];
  }

  createProduct({ id, name, description, metadata }: ProductDetails): Promise<Product> {
    const params = { id, name, description, metadata };
    return callStripe('products.create', (idempotencyKey) => this.client.products.create(params, { idempotencyKey }));
  }

  updateProduct(id: string, changes: Partial<Omit<ProductDetails, 'id'>> & { active?: boolean }): Promise<Product> {
    return callStripe('products.update', () => this.client.products.update(id, changes));
  }

  /** The active prices that hold these lookup keys, with their amounts in other currencies. Makes one call for every ten keys. */
  async findPrices(lookupKeys: readonly string[]): Promise<Price[]> {
    const found: Price[] = [];
    for (let at = 0; at < lookupKeys.length; at += KEYS_PER_CALL) {
      const keys = lookupKeys.slice(at, at + KEYS_PER_CALL);
      const { data } = await callStripe('prices.list', () =>
        this.client.prices.list({ lookup_keys: keys, active: true, limit: 100, expand: ['data.currency_options'] }),
      );
      found.push(...data);
    }
    return found;
  }

  /** Creates a price and moves the lookup key to it from the price that held it. */
  createPrice({ productId, currency, amount, lookupKey, metadata, recurring }: NewPrice): Promise<Price> {
    const holder = { lookup_key: lookupKey, transfer_lookup_key: true };
    const params = { product: productId, currency, unit_amount: amount, ...holder, metadata, recurring };
    return callStripe('prices.create', (idempotencyKey) => this.client.prices.create(params, { idempotencyKey }));
  }

  /** Every active price of a product. */
  activePricesOf(productId: string): Promise<Price[]> {
    return callStripe('prices.list', () =>
      this.client.prices.list({ product: productId, active: true, limit: 100 }).autoPagingToArray(WHOLE),
    );
  }

  archivePrice(id: string): Promise<Price> {
    return callStripe('prices.update', () => this.client.prices.update(id, { active: false }));
  }

  /** Every webhook endpoint of the account, also those that others created. */
  webhookEndpoints(): Promise<WebhookEndpoint[]> {
    return callStripe('webhook_endpoints.list', () =>
      this.client.webhookEndpoints.list({ limit: 100 }).autoPagingToArray({ limit: 1_000 }),
    );
  }

  /** Creates an endpoint with the SDK's API version. Only this answer ever holds its `secret`. */
  createWebhookEndpoint({ url, events, metadata }: EndpointDetails): Promise<WebhookEndpoint> {
    const params = { url, enabled_events: [...events], api_version: API_VERSION, metadata };
    return callStripe('webhook_endpoints.create', (idempotencyKey) =>
      this.client.webhookEndpoints.create(params, { idempotencyKey }),
    );
  }

  /** Changes an endpoint; what is left out stays. Its API version cannot be changed. */
  updateWebhookEndpoint(
    id: string,
    { events, ...changes }: Partial<Omit<EndpointDetails, 'url'>> & { disabled?: boolean },
  ): Promise<WebhookEndpoint> {
    return callStripe('webhook_endpoints.update', () =>
      this.client.webhookEndpoints.update(id, { ...changes, ...(events && { enabled_events: [...events] }) }),
    );
  }

  /** Events since then that have not reached every endpoint of the account, newest first; at most 1,000. */
  undeliveredEvents(since: Date): Promise<{ id: string; type: string; created: number }[]> {
    const params = { created: { gte: toUnixSeconds(since) }, delivery_success: false, limit: 100 };
    return callStripe('events.list', () => this.client.events.list(params).autoPagingToArray({ limit: 1_000 }));
  }

  /**
   * Whether the key has a permission. Changes nothing at Stripe.
   * @throws StripeKeyError where there is no such key, StripeUnavailableError
   */
  access(access: Access): Promise<AccessResult> {
    return checkAccess(this.client, access);
  }

  /** Stripe's clock: whole seconds, rounded down. Needs no valid key. */
  serverTime(): Promise<Date> {
    return fetchServerTime(this.address);
  }
}
