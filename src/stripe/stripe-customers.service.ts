import { Injectable } from '@nestjs/common';
import type { Stripe } from 'stripe';
import { Env } from '../config/env.js';
import { callStripe, paginate, stripeClientOf } from './stripe-client.js';
import { toUnixSeconds } from './stripe-fields.js';
import { isMissing } from './stripe.errors.js';
import type {
  Customer,
  CustomerDetails,
  DeletedCustomer,
  Feature,
  NewPortalSession,
  PortalConfiguration,
  PortalFeatures,
  ProductFeature,
} from './stripe.types.js';

/** Calls about customers. Tests mock it, like StripeService; calls are bounded and reject as described there. */
@Injectable()
export class StripeCustomers {
  private readonly client: Stripe;

  constructor(env: Env) {
    this.client = stripeClientOf(env);
  }

  createCustomer({ email, name, metadata }: CustomerDetails, idempotencyKey: string): Promise<Customer> {
    const params = { email, metadata, ...(name !== undefined && { name }) };
    return callStripe('customers.create', () => this.client.customers.create(params, { idempotencyKey }));
  }

  /** Changes the address of a customer. Refused where there is none, or it was deleted. */
  async updateEmail(id: string, email: string, idempotencyKey: string): Promise<void> {
    await callStripe('customers.update', () => this.client.customers.update(id, { email }, { idempotencyKey }));
  }

  /** Deletes a customer for good, with its payment methods, and ends its subscriptions. Does nothing where there is none. */
  async deleteCustomer(id: string): Promise<void> {
    try {
      await callStripe('customers.delete', () => this.client.customers.del(id));
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }

  /** The customer with this id; `undefined` where there is none or it was deleted. */
  async findCustomer(id: string): Promise<Customer | undefined> {
    const found = await this.findCustomerOrDeleted(id);
    return found?.deleted ? undefined : found;
  }

  /** The same; of a deleted one, what Stripe still says of it. */
  async findCustomerOrDeleted(id: string): Promise<Customer | DeletedCustomer | undefined> {
    try {
      return await callStripe('customers.retrieve', () => this.client.customers.retrieve(id));
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  /** Customers created since then, newest first, in pages. Deleted ones are not among them. */
  customersSince(since: Date): AsyncGenerator<Customer[]> {
    const params = { created: { gte: toUnixSeconds(since) } };
    return paginate((page) => callStripe('customers.list', () => this.client.customers.list({ ...params, ...page })));
  }

  /** Customers with this address, newest first: to find one by its metadata after its idempotency key was forgotten. */
  customersWithEmail(email: string): Promise<Customer[]> {
    return callStripe('customers.list', () =>
      this.client.customers.list({ email, limit: 100 }).autoPagingToArray({ limit: 1_000 }),
    );
  }

  /** The active configurations of the portal. */
  portalConfigurations(): Promise<PortalConfiguration[]> {
    return callStripe('billing_portal.configurations.list', () =>
      this.client.billingPortal.configurations.list({ active: true, limit: 100 }).autoPagingToArray({ limit: 1_000 }),
    );
  }

  /** Resolves with its id. */
  async createPortalConfiguration(features: PortalFeatures, metadata: Record<string, string>): Promise<string> {
    const { id } = await callStripe('billing_portal.configurations.create', (idempotencyKey) =>
      this.client.billingPortal.configurations.create({ features, metadata }, { idempotencyKey }),
    );
    return id;
  }

  /** Changes a configuration; what is left out stays. */
  async updatePortalConfiguration(
    id: string,
    changes: { features?: PortalFeatures; metadata?: Record<string, string>; active?: boolean },
  ): Promise<string> {
    await callStripe('billing_portal.configurations.update', () =>
      this.client.billingPortal.configurations.update(id, changes),
    );
    return id;
  }

  /** The active features that entitlements are to, also those that others created. */
  features(): Promise<Feature[]> {
    return callStripe('entitlements.features.list', () =>
      this.client.entitlements.features.list({ archived: false, limit: 100 }).autoPagingToArray({ limit: 10_000 }),
    );
  }

  createFeature(lookupKey: string, metadata: Record<string, string>): Promise<Feature> {
    const params = { lookup_key: lookupKey, name: lookupKey, metadata };
    return callStripe('entitlements.features.create', (idempotencyKey) =>
      this.client.entitlements.features.create(params, { idempotencyKey }),
    );
  }

  /** The features that a product entitles to. */
  featuresOf(productId: string): Promise<ProductFeature[]> {
    return callStripe('products.listFeatures', () =>
      this.client.products.listFeatures(productId, { limit: 100 }).autoPagingToArray({ limit: 1_000 }),
    );
  }

  async attachFeature(productId: string, featureId: string): Promise<void> {
    await callStripe('products.createFeature', (idempotencyKey) =>
      this.client.products.createFeature(productId, { entitlement_feature: featureId }, { idempotencyKey }),
    );
  }

  /** @param id of the product's feature (`ProductFeature`), not of the feature */
  async detachFeature(productId: string, id: string): Promise<void> {
    await callStripe('products.deleteFeature', () => this.client.products.deleteFeature(productId, id));
  }

  /** The address of a portal page for a customer. It holds for a few minutes, and whoever has it acts as the customer. */
  async createPortalSession({ customerId, returnUrl, configuration, flow }: NewPortalSession): Promise<string> {
    const params = { customer: customerId, return_url: returnUrl, configuration, flow_data: flow };
    const { url } = await callStripe('billing_portal.sessions.create', (idempotencyKey) =>
      this.client.billingPortal.sessions.create(params, { idempotencyKey }),
    );
    return url;
  }
}
