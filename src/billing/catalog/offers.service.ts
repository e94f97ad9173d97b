import { type BeforeApplicationShutdown, Inject, Injectable, Logger } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { StripeService } from '../../stripe/stripe.service.js';
import type { CheckoutChoices, Price } from '../../stripe/stripe.types.js';
import { RecurringTask } from '../../time/recurring-task.js';
import { withTimeout } from '../../time/calls.js';
import { CATALOG, type CatalogItem, type PlanTerms } from './catalog.js';

/** An item with its current price at Stripe, which is what is charged. */
export interface Offer {
  lookupKey: string;
  name: string;
  description: string;
  /** A file in `views/assets`. */
  image?: string | undefined;
  /** Minor units of `currency`. */
  amount: number;
  currency: string;
  /** By currency, the amount in its minor unit. Stripe may charge one of these, depending on the customer's country. */
  otherPrices?: Readonly<Record<string, number>>;
  priceId: string;
  /** What makes it a plan; undefined where it is bought once. */
  plan?: PlanTerms | undefined;
  checkout?: CheckoutChoices | undefined;
  /** Added to the metadata of its Checkout Session. */
  metadata?: Readonly<Record<string, string>> | undefined;
  /** How many may be bought at a time; undefined: one. */
  quantity?: { min: number; max: number } | undefined;
}

/** Offers for a page. */
export interface ShownOffers {
  /** Stripe's last answer; undefined if it has not answered yet. */
  offers: Offer[] | undefined;
  /** Whether the last call to Stripe was answered. */
  reachable: boolean;
}

/** How long an answer from Stripe is used, ms. */
const FRESH_FOR_MS = 30_000;
/** How often it is checked whether the answer is still fresh, ms. After a failure Stripe is called again after this time. */
const LOOK_EVERY_MS = 5_000;
/** After `refresh` a page waits for new prices until this long after the call, ms. */
const LONGEST_WAIT_MS = 1_000;

/**
 * The items of the catalog that have an active price at Stripe. Stripe is called in the background, one call at a time, so that
 * pages do not wait for it. A checkout waits if the last answer is not fresh.
 */
@Injectable()
export class Offers implements BeforeApplicationShutdown {
  private readonly logger = new Logger('Catalog');
  private readonly task = new RecurringTask({ name: 'Offers', periodMs: LOOK_EVERY_MS }, () => this.refreshIfStale());
  private known: Offer[] | undefined;
  private freshUntil = 0;
  private reachable = true;
  /** Whether the failure has been logged already. */
  private failing = false;
  private asking: Promise<Offer[]> | undefined;
  /** Set by `refresh`: resolves with the new prices or after LONGEST_WAIT_MS. */
  private replacement: Promise<unknown> | undefined;

  constructor(
    private readonly stripe: StripeService,
    @Inject(CATALOG) private readonly items: CatalogItem[],
    host: HttpAdapterHost,
  ) {
    host.listen$.subscribe(() => this.task.start());
  }

  beforeApplicationShutdown(): void {
    this.task.stop();
  }

  /** For a page: the last known offers, in the order of the catalog. Waits a second at most. */
  async shown(): Promise<ShownOffers> {
    await this.replacement;
    return { offers: this.known, reachable: this.reachable };
  }

  /**
   * For a checkout: offers that are at most FRESH_FOR_MS old, in the order of the catalog.
   * @throws StripeUnavailableError, StripeRefusedError
   */
  async current(): Promise<Offer[]> {
    return this.known && this.isFresh ? this.known : this.ask();
  }

  /** Calls Stripe again after something changed there. The answer to a call under way is ignored, since it may be older than the change. */
  refresh(): void {
    this.freshUntil = 0;
    this.asking = undefined;
    const replacement = withTimeout(LONGEST_WAIT_MS, this.ask(), () => new Error('late'))
      .catch(() => undefined)
      .finally(() => {
        if (this.replacement === replacement) this.replacement = undefined;
      });
    this.replacement = replacement;
  }

  /** A checkout got no answer from Stripe: pages say so until Stripe answers again. */
  markUnreachable(): void {
    this.reachable = false;
  }

  private async refreshIfStale(): Promise<void> {
    if (!this.isFresh || !this.reachable) await this.ask().catch(() => undefined); // `failed` has logged it
  }

  private get isFresh(): boolean {
    return performance.now() < this.freshUntil;
  }

  private ask(): Promise<Offer[]> {
    if (this.asking) return this.asking;
    const asking: Promise<Offer[]> = this.findOffers().then(
      (offers) => this.answered(asking, offers),
      (error: unknown) => this.failed(asking, error),
    );
    this.asking = asking;
    return asking;
  }

  private answered(asked: Promise<Offer[]>, offers: Offer[]): Offer[] {
    if (this.asking !== asked) return offers; // `refresh` was called meanwhile
    this.asking = undefined;
    this.known = offers;
    this.freshUntil = performance.now() + FRESH_FOR_MS;
    this.reachable = true;
    if (this.failing) this.logger.log('Stripe answers again: the shop shows its prices');
    this.failing = false;
    return offers;
  }

  private failed(asked: Promise<Offer[]>, error: unknown): never {
    if (this.asking === asked) {
      this.asking = undefined;
      this.reachable = false;
      this.logFailure(error);
    }
    throw error;
  }

  /** Logs the first of several failures in a row. */
  private logFailure(error: unknown): void {
    const shown = this.known ? 'what it last knew' : 'no offers';
    if (!this.failing && !this.task.isStopped)
      this.logger.error(`The shop shows ${shown} until Stripe answers. ${String(error)}`);
    this.failing = true;
  }

  private async findOffers(): Promise<Offer[]> {
    const prices = await this.stripe.findPrices(this.items.map(({ lookupKey }) => lookupKey));
    return this.items.flatMap((item) => {
      const price = prices.find(({ lookup_key }) => lookup_key === item.lookupKey);
      return price ? toOffer(item, price) : [];
    });
  }
}

function toOffer(item: CatalogItem, price: Price): Offer[] {
  if (price.unit_amount === null) return [];
  const { lookupKey, name, description, image, plan, checkout, metadata, quantity } = item;
  const { id: priceId, unit_amount: amount, currency } = price;
  const choices = { plan, checkout, metadata, quantity };
  return [
    { lookupKey, name, description, image, amount, currency, otherPrices: otherPricesOf(price), priceId, ...choices },
  ];
}

function otherPricesOf({ currency: own, currency_options: options }: Price): Record<string, number> {
  const amounts = Object.entries(options ?? {}).flatMap(([currency, { unit_amount: amount }]) =>
    currency === own || amount === null ? [] : [[currency, amount] as const],
  );
  return Object.fromEntries(amounts);
}
