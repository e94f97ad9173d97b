import { type BeforeApplicationShutdown, Inject, Injectable, Logger } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { StripeService } from '../../stripe/stripe.service.js';
import type { Price } from '../../stripe/stripe.types.js';
import { RecurringTask } from '../../time/recurring-task.js';
import { withTimeout } from '../../time/with-timeout.js';
import { CATALOG, type CatalogItem } from './catalog.js';

/** An item as it is sold now. The price is the one that Stripe charges. */
export interface Offer {
  lookupKey: string;
  name: string;
  description: string;
  /** Minor units of `currency`. */
  amount: number;
  currency: string;
  /** What it costs in other currencies, minor units: Stripe charges one that suits the customer. */
  otherPrices?: Readonly<Record<string, number>>;
  priceId: string;
}

/** What a page can show at once. */
export interface ShownOffers {
  /** What Stripe said last; `undefined` where it has never answered. */
  offers: Offer[] | undefined;
  /** Whether Stripe answered when it was asked last. */
  reachable: boolean;
}

/** How long an answer of Stripe's is used again, ms. */
const FRESH_FOR_MS = 30_000;
/** How often it is looked whether Stripe is to be asked; so the pause after a failure, too. */
const LOOK_EVERY_MS = 5_000;
/** How long a page waits for new prices after the old ones were found to be wrong, ms, counted from the question. */
const LONGEST_WAIT_MS = 1_000;

/**
 * What can be bought now: the items of the catalog file that have an active price at Stripe. Stripe is asked in the background,
 * one call at a time, so that no page waits for it; a checkout does where the last answer is not fresh.
 */
@Injectable()
export class Offers implements BeforeApplicationShutdown {
  private readonly logger = new Logger('Catalog');
  private readonly task = new RecurringTask({ name: 'Offers', periodMs: LOOK_EVERY_MS }, () => this.look());
  private known: Offer[] | undefined;
  private freshUntil = 0;
  private reachable = true;
  /** It has been logged that Stripe does not answer. */
  private failing = false;
  private asking: Promise<Offer[]> | undefined;
  /** Resolves once the new prices are there, or were waited for long enough. None: the known ones are not known to be wrong. */
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

  /** For a page: at once, in every state of Stripe. In the order of the catalog file. */
  async shown(): Promise<ShownOffers> {
    await this.replacement;
    return { offers: this.known, reachable: this.reachable };
  }

  /**
   * For a checkout: no older than half a minute. In the order of the catalog file.
   * @throws StripeUnavailableError, StripeRefusedError
   */
  async current(): Promise<Offer[]> {
    return this.known && this.isFresh ? this.known : this.ask();
  }

  /** Asks Stripe anew: something changed there. An answer that is under way may be older than the change. */
  forget(): void {
    this.freshUntil = 0;
    this.asking = undefined;
    const replacement = withTimeout(LONGEST_WAIT_MS, this.ask(), () => new Error('late'))
      .catch(() => undefined)
      .finally(() => {
        if (this.replacement === replacement) this.replacement = undefined;
      });
    this.replacement = replacement;
  }

  /** Stripe did not answer a checkout: pages say so until it answers us. */
  missed(): void {
    this.reachable = false;
  }

  private async look(): Promise<void> {
    if (!this.isFresh || !this.reachable) await this.ask().catch(() => undefined); // it has logged why
  }

  private get isFresh(): boolean {
    return Date.now() < this.freshUntil;
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
    if (this.asking !== asked) return offers; // asked before something changed
    this.asking = undefined;
    this.known = offers;
    this.freshUntil = Date.now() + FRESH_FOR_MS;
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

  /** Once, however often it is asked in vain. */
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

function toOffer({ lookupKey, name, description }: CatalogItem, price: Price): Offer[] {
  if (price.unit_amount === null) return [];
  const { id: priceId, unit_amount: amount, currency } = price;
  return [{ lookupKey, name, description, amount, currency, otherPrices: otherPricesOf(price), priceId }];
}

function otherPricesOf({ currency: own, currency_options: options }: Price): Record<string, number> {
  const amounts = Object.entries(options ?? {}).flatMap(([currency, { unit_amount: amount }]) =>
    currency === own || amount === null ? [] : [[currency, amount] as const],
  );
  return Object.fromEntries(amounts);
}
