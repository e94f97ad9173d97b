import { Inject, Injectable } from '@nestjs/common';
import { Env } from '../../config/env.js';
import { idOf } from '../../stripe/stripe-fields.js';
import { StripeCustomers } from '../../stripe/stripe-customers.service.js';
import { StripeService } from '../../stripe/stripe.service.js';
import type { PortalFeatures, Price } from '../../stripe/stripe.types.js';
import { type Plan, PLANS } from '../state/plan.js';

/** Stripe's limit of products that a customer may choose from in the portal. */
const MOST_PRODUCTS = 10;

/**
 * What customers may do in Stripe's portal, made from the catalog: change the plan and its seats,
 * cancel at the end of the period with a reason, change their card and details, see their invoices.
 */
@Injectable()
export class PortalConfiguration {
  private known: string | undefined;

  constructor(
    private readonly env: Env,
    private readonly stripe: StripeService,
    private readonly customers: StripeCustomers,
    @Inject(PLANS) private readonly plans: readonly Plan[],
  ) {}

  /**
   * Brings the configuration to Stripe. Safe to repeat: it is found again by its metadata.
   * @returns what was done; undefined where the catalog has no plans, which need no portal
   */
  async sync(): Promise<{ id: string; change: 'created' | 'updated' } | undefined> {
    if (this.plans.length === 0) return undefined;
    const prices = await this.stripe.findPrices(this.plans.map(({ lookupKey }) => lookupKey));
    const features = featuresOf(prices);
    const found = await this.find();
    const metadata = { app_name: this.env.appName };
    this.known = found
      ? await this.customers.updatePortalConfiguration(found, features)
      : await this.customers.createPortalConfiguration(features, metadata);
    return { id: this.known, change: found ? 'updated' : 'created' };
  }

  /** The id of the configuration at Stripe, for a portal session; undefined before `catalog sync`. */
  async id(): Promise<string | undefined> {
    return (this.known ??= await this.find());
  }

  private async find(): Promise<string | undefined> {
    const all = await this.customers.portalConfigurations();
    return all.find(({ active, metadata }) => active && metadata?.app_name === this.env.appName)?.id;
  }
}

function featuresOf(prices: readonly Price[]): PortalFeatures {
  const byProduct = new Map<string, string[]>();
  for (const { id, product } of prices) {
    const productId = idOf(product) ?? '';
    byProduct.set(productId, [...(byProduct.get(productId) ?? []), id]);
  }
  const products = [...byProduct].slice(0, MOST_PRODUCTS).map(([product, ids]) => ({ product, prices: ids }));
  return {
    customer_update: { enabled: true, allowed_updates: ['email', 'name', 'address', 'tax_id'] },
    invoice_history: { enabled: true },
    payment_method_update: { enabled: true },
    subscription_cancel: {
      enabled: true,
      mode: 'at_period_end',
      cancellation_reason: {
        enabled: true,
        options: ['too_expensive', 'missing_features', 'switched_service', 'unused', 'other'],
      },
    },
    subscription_update: {
      enabled: products.length > 0,
      products,
      default_allowed_updates: ['price', 'quantity', 'promotion_code'],
      proration_behavior: 'always_invoice',
    },
  };
}
