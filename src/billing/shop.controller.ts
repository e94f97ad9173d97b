import { Controller, Get, Logger, Render, Req } from '@nestjs/common';
import type { Request } from 'express';
import { csrfToken } from '../auth/csrf.js';
import { SessionUser } from '../auth/session-user.decorator.js';
import type { User } from '../auth/user.js';
import { formatAmount } from '../payments/money.js';
import { type Offer, Offers } from './catalog/offers.service.js';

/** What can be bought. */
@Controller()
export class ShopController {
  private readonly logger = new Logger('Billing');

  constructor(private readonly offers: Offers) {}

  @Get()
  @Render('shop')
  async home(@SessionUser() user: User, @Req() request: Request) {
    const offers = await this.currentOffers();
    const shown = offers?.map((offer) => ({ ...offer, price: formatAmount(offer.amount, offer.currency) }));
    return { user, title: 'Shop', csrf: csrfToken(request), offers: shown, unavailable: !offers };
  }

  /** `undefined` while Stripe cannot be asked: the page is there all the same. */
  private async currentOffers(): Promise<Offer[] | undefined> {
    try {
      return await this.offers.current();
    } catch (error) {
      this.logger.error(`The shop shows no offers: ${String(error)}`);
      return undefined;
    }
  }
}
