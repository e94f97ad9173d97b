import { Inject, Injectable } from '@nestjs/common';
import { StripeService } from '../../stripe/stripe.service.js';
import type { Price } from '../../stripe/stripe.types.js';
import { CATALOG, type CatalogItem } from './catalog.js';

/** An item as it is sold now. The price is the one that Stripe charges. */
export interface Offer {
  lookupKey: string;
  name: string;
  description: string;
  /** Minor units of `currency`. */
  amount: number;
  currency: string;
  priceId: string;
}

/** How long an answer of Stripe's is used again, ms. */
const FRESH_FOR_MS = 60_000;

/** What can be bought now: the items of the catalog file that have an active price at Stripe. */
@Injectable()
export class Offers {
  private known: { offers: Promise<Offer[]>; until: number } | undefined;

  constructor(
    private readonly stripe: StripeService,
    @Inject(CATALOG) private readonly items: CatalogItem[],
  ) {}

  /**
   * In the order of the catalog file.
   * @throws StripeUnavailableError, StripeRefusedError
   */
  current(): Promise<Offer[]> {
    if (this.known && this.known.until > Date.now()) return this.known.offers;
    const offers = this.ask();
    this.known = { offers, until: Date.now() + FRESH_FOR_MS };
    offers.catch(() => this.forget()); // the next customer asks again
    return offers;
  }

  /** Asks Stripe anew the next time: something changed there. */
  forget(): void {
    this.known = undefined;
  }

  private async ask(): Promise<Offer[]> {
    const prices = await this.stripe.findPrices(this.items.map(({ lookupKey }) => lookupKey));
    return this.items.flatMap((item) => {
      const price = prices.find(({ lookup_key }) => lookup_key === item.lookupKey);
      return price ? toOffer(item, price) : [];
    });
  }
}

function toOffer({ lookupKey, name, description }: CatalogItem, price: Price): Offer[] {
  if (price.unit_amount === null) return [];
  return [{ lookupKey, name, description, amount: price.unit_amount, currency: price.currency, priceId: price.id }];
}
