import { Controller, Get, Render, Req } from '@nestjs/common';
import type { Request } from 'express';
import { csrfToken } from '../auth/csrf.js';
import { SessionUser, type User } from '../auth/user.js';
import { formatAmount } from '../payments/state/money.js';
import { Offers } from './catalog/offers.service.js';

/** While Stripe has never answered, the page reloads itself after this time, seconds. */
const RELOAD_AFTER_S = 5;

/** The shop page. It does not wait for Stripe. */
@Controller()
export class ShopController {
  constructor(private readonly offers: Offers) {}

  @Get()
  @Render('shop')
  async home(@SessionUser() user: User, @Req() request: Request) {
    const { offers, reachable } = await this.offers.shown();
    return {
      user,
      title: 'Shop',
      csrf: csrfToken(request),
      offers: offers?.map((offer) => ({ ...offer, price: formatAmount(offer.amount, offer.currency) })),
      unavailable: !reachable || !offers,
      ...(!offers && { refreshSeconds: RELOAD_AFTER_S }),
    };
  }
}
