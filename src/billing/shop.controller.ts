import { Controller, Get, Render, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { csrfToken } from '../auth/csrf.js';
import { SessionUser, type User } from '../auth/user.js';
import { PageTexts, type Texts } from '../http/texts/texts.js';
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
  async home(
    @SessionUser() user: User,
    @PageTexts() texts: Texts,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ) {
    const { offers, reachable } = await this.offers.shown();
    if (!offers) response.set('Refresh', `${RELOAD_AFTER_S}`);
    return {
      user,
      inShop: true,
      title: texts.t('shop.title'),
      csrf: csrfToken(request),
      several: offers && offers.length > 1,
      offers: offers?.map((offer) => ({ ...offer, price: formatAmount(offer.amount, offer.currency, texts.locale) })),
      unavailable: !reachable || !offers,
    };
  }
}
