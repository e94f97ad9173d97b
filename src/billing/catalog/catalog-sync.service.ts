import { Inject, Injectable, Logger } from '@nestjs/common';
import { Env } from '../../config/env.js';
import { StripeKeyError, StripeRefusedError } from '../../stripe/stripe.errors.js';
import { idOf } from '../../stripe/stripe-fields.js';
import { StripeService } from '../../stripe/stripe.service.js';
import type { Price, Product } from '../../stripe/stripe.types.js';
import { PortalConfiguration } from '../../subscriptions/account/portal-configuration.service.js';
import { CATALOG, type CatalogItem } from './catalog.js';
import { FeatureSync } from './feature-sync.service.js';

/** A product with our id belongs to another app of the same Stripe account. */
export class ProductOfAnotherAppError extends Error {
  constructor(
    readonly productId: string,
    readonly owner: string,
  ) {
    super(
      `The product ${productId} at Stripe belongs to the app "${owner}". Give the items of ` +
        'src/billing/catalog/catalog.ts a productId and a lookupKey of their own, or set APP_NAME to that name.',
    );
  }
}

/** What a sync did with one item. */
export interface SyncedItem {
  lookupKey: string;
  productId: string;
  priceId: string;
  product: 'created' | 'updated' | 'unchanged';
  price: 'created' | 'unchanged';
  /** Ids of prices that the current one replaced. */
  archivedPrices: string[];
}

/**
 * Creates and updates the catalog's products and prices at Stripe. It finds them by id and lookup key, never by search, which lags
 * behind. So it can be repeated any number of times, also after it was interrupted.
 */
@Injectable()
export class CatalogSync {
  private readonly logger = new Logger('Catalog');

  constructor(
    private readonly env: Env,
    private readonly stripe: StripeService,
    private readonly portal: PortalConfiguration,
    private readonly features: FeatureSync,
    @Inject(CATALOG) private readonly items: CatalogItem[],
  ) {}

  async sync(): Promise<SyncedItem[]> {
    const synced: SyncedItem[] = [];
    for (const item of this.items) {
      const product = await this.syncProduct(item);
      const price = await this.syncPrice(item);
      const { lookupKey, productId } = item;
      synced.push({ lookupKey, productId, product, price: price.change, priceId: price.id, archivedPrices: [] });
    }
    const current = new Set(synced.map(({ lookupKey }) => lookupKey));
    for (const item of synced) item.archivedPrices = await this.archiveOthers(item.productId, current);
    await this.unlessRefused('The customer portal is not set up: customers cannot use it.', () => this.portal.sync());
    await this.unlessRefused("The plans' features are not at Stripe; access here goes on without.", async () => {
      for (const { productId, attached, detached } of await this.features.sync())
        this.logger.log(`Features of ${productId}: ${[...attached, ...detached.map((key) => `no ${key}`)].join(', ')}`);
    });
    return synced;
  }

  /** Selling goes on without it, since a restricted key may not be allowed to. */
  private async unlessRefused(without: string, work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof StripeRefusedError || error instanceof StripeKeyError)) throw error;
      this.logger.warn(`${without} ${error.message}`);
    }
  }

  /**
   * Archives every product of the catalog with its prices.
   * @returns the ids of products and prices that were active
   */
  async archive(): Promise<string[]> {
    const archived: string[] = [];
    for (const productId of new Set(this.items.map((item) => item.productId))) {
      const product = await this.ownProduct(productId);
      if (!product) continue;
      archived.push(...(await this.archiveOthers(productId, new Set())));
      if (product.active) archived.push((await this.stripe.updateProduct(productId, { active: false })).id);
    }
    return archived;
  }

  private async syncProduct(item: CatalogItem): Promise<SyncedItem['product']> {
    const { productId: id, name, description } = item;
    const details = { name, description, metadata: { app_name: this.env.appName } };
    const known = await this.ownProduct(id);
    if (!known) {
      const created = await this.stripe.createProduct({ id, ...details }).catch(unlessItExists);
      if (created) return 'created';
    }
    if (known?.active && known.name === name && known.description === description) return 'unchanged';
    await this.stripe.updateProduct(id, { ...details, active: true });
    return 'updated';
  }

  private async syncPrice(item: CatalogItem): Promise<{ id: string; change: SyncedItem['price'] }> {
    const { productId, lookupKey, amount, currency } = item;
    const [known] = await this.stripe.findPrices([lookupKey]);
    if (known && isPriceOf(item, known)) return { id: known.id, change: 'unchanged' };
    const recurring = recurringOf(item);
    // A subscription keeps its price after another one has the lookup key: its plan is then found by the metadata.
    const metadata = { app_name: this.env.appName, ...(recurring && { lookup_key: lookupKey }) };
    const { id } = await this.stripe.createPrice({ productId, lookupKey, amount, currency, metadata, recurring });
    return { id, change: 'created' };
  }

  /**
   * Archives our prices of a product except those with one of these lookup keys: outdated amounts, also those left by an
   * interrupted sync. By lookup key and not by the ids of this sync's prices, since two instances that sync at the same time would
   * archive each other's prices.
   */
  private async archiveOthers(productId: string, current: ReadonlySet<string>): Promise<string[]> {
    const prices = await this.stripe.activePricesOf(productId);
    const isOutdated = ({ lookup_key: key, metadata }: Price) =>
      metadata.app_name === this.env.appName && !(key && current.has(key));
    const outdated = prices.filter(isOutdated);
    for (const { id } of outdated) await this.stripe.archivePrice(id);
    return outdated.map(({ id }) => id);
  }

  private async ownProduct(id: string): Promise<Product | undefined> {
    const product = await this.stripe.findProduct(id);
    const owner = product?.metadata.app_name;
    if (product && owner !== this.env.appName) throw new ProductOfAnotherAppError(id, owner ?? 'unknown');
    return product;
  }
}

/** How a plan is paid for, as Stripe takes it; undefined for what is bought once. */
const recurringOf = ({ plan }: CatalogItem) =>
  plan && { interval: plan.interval, interval_count: plan.intervalCount ?? 1 };

const isPriceOf = (item: CatalogItem, price: Price): boolean =>
  price.recurring?.interval === item.plan?.interval &&
  (price.recurring?.interval_count ?? 1) === (item.plan?.intervalCount ?? 1) &&
  price.unit_amount === item.amount &&
  price.currency === item.currency &&
  idOf(price.product) === item.productId;

/** For a product that another instance has created at the same moment. */
function unlessItExists(error: unknown): undefined {
  if (error instanceof StripeRefusedError && error.code === 'resource_already_exists') return undefined;
  throw error;
}

/** An item of the catalog compared with its price at Stripe. Amounts in minor units. */
export interface ItemStatus extends CatalogItem {
  state: 'in_sync' | 'missing' | 'differs';
  /** `interval` and `intervalCount` are `null` for what is bought once. */
  atStripe: {
    priceId: string;
    productId: string;
    amount: number | null;
    currency: string;
    interval: string | null;
    intervalCount: number | null;
  } | null;
}

/** Compares the catalog with Stripe. Changes nothing. */
@Injectable()
export class CatalogStatus {
  constructor(
    private readonly stripe: StripeService,
    @Inject(CATALOG) private readonly items: CatalogItem[],
  ) {}

  async list(): Promise<ItemStatus[]> {
    const prices = await this.stripe.findPrices(this.items.map(({ lookupKey }) => lookupKey));
    return this.items.map((item) => {
      const price = prices.find(({ lookup_key }) => lookup_key === item.lookupKey);
      if (!price) return { ...item, state: 'missing', atStripe: null };
      const { id: priceId, product, unit_amount: amount, currency, recurring } = price;
      const { interval = null, interval_count: intervalCount = null } = recurring ?? {};
      const atStripe = { priceId, productId: idOf(product) ?? '', amount, currency, interval, intervalCount };
      return { ...item, state: isPriceOf(item, price) ? 'in_sync' : 'differs', atStripe };
    });
  }
}
