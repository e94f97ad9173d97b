import { Inject, Injectable } from '@nestjs/common';
import { Env } from '../../config/env.js';
import { StripeCustomers } from '../../stripe/stripe-customers.service.js';
import { StripeRefusedError } from '../../stripe/stripe.errors.js';
import type { Feature } from '../../stripe/stripe.types.js';
import { CATALOG, type CatalogItem } from './catalog.js';

/** What a sync did with the features of one product. */
export interface SyncedFeatures {
  productId: string;
  attached: string[];
  detached: string[];
}

/**
 * Brings the features of plans to Stripe as entitlements, for others who read them there: this app goes by its own rows. Stripe knows
 * features by product, so a product gets those that all of its plans have. Features of others are left alone.
 */
@Injectable()
export class FeatureSync {
  constructor(
    private readonly env: Env,
    private readonly stripe: StripeCustomers,
    @Inject(CATALOG) private readonly items: CatalogItem[],
  ) {}

  /** Safe to repeat. Returns what changed, by product. */
  async sync(): Promise<SyncedFeatures[]> {
    const wanted = this.wanted();
    if (wanted.size === 0) return [];
    const known = new Map((await this.stripe.features()).map((feature) => [feature.lookup_key, feature]));
    const synced: SyncedFeatures[] = [];
    for (const [productId, keys] of wanted) {
      const done = await this.syncProduct(productId, keys, known);
      if (done.attached.length + done.detached.length > 0) synced.push(done);
    }
    return synced;
  }

  private async syncProduct(
    productId: string,
    keys: ReadonlySet<string>,
    known: Map<string, Feature>,
  ): Promise<SyncedFeatures> {
    const done: SyncedFeatures = { productId, attached: [], detached: [] };
    const attached = await this.stripe.featuresOf(productId);
    for (const key of keys) {
      if (attached.some(({ entitlement_feature: { lookup_key: has } }) => has === key)) continue;
      const feature = known.get(key) ?? (await this.create(key));
      known.set(key, feature);
      await this.stripe.attachFeature(productId, feature.id).catch(unlessDone);
      done.attached.push(key);
    }
    for (const { id, entitlement_feature: feature } of attached) {
      if (keys.has(feature.lookup_key) || feature.metadata['app_name'] !== this.env.appName) continue;
      await this.stripe.detachFeature(productId, id);
      done.detached.push(feature.lookup_key);
    }
    return done;
  }

  /** Another instance may have created it at the same moment. */
  private async create(key: string): Promise<Feature> {
    try {
      return await this.stripe.createFeature(key, { app_name: this.env.appName });
    } catch (error) {
      const found = (await this.stripe.features()).find(({ lookup_key: other }) => other === key);
      if (!found) throw error;
      return found;
    }
  }

  /** The features that all plans of a product have, by product. */
  private wanted(): Map<string, Set<string>> {
    const byProduct = new Map<string, Set<string>>();
    for (const { productId, plan } of this.items) {
      if (!plan) continue;
      const own = new Set(plan.features ?? []);
      const before = byProduct.get(productId);
      byProduct.set(productId, before ? new Set([...before].filter((key) => own.has(key))) : own);
    }
    return byProduct;
  }
}

/** Another instance has attached it at the same moment. */
function unlessDone(error: unknown): void {
  if (!(error instanceof StripeRefusedError && /has the feature|already/i.test(error.reason))) throw error;
}
