import { Inject, Injectable } from '@nestjs/common';
import { StripeService } from '../../stripe/stripe.service.js';
import { CATALOG, type CatalogItem } from './catalog.js';

/** An item of the catalog file beside its price at Stripe. Amounts in minor units. */
export interface ItemStatus extends CatalogItem {
  state: 'in_sync' | 'missing' | 'differs';
  atStripe: { priceId: string; amount: number | null; currency: string } | null;
}

/** Compares the catalog file with Stripe; changes nothing. */
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
      const same = price.unit_amount === item.amount && price.currency === item.currency;
      const atStripe = { priceId: price.id, amount: price.unit_amount, currency: price.currency };
      return { ...item, state: same ? 'in_sync' : 'differs', atStripe };
    });
  }
}
