import { Body, Controller, Get, Post, Render, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { csrfToken } from '../auth/csrf.js';
import { LimitPerUser } from '../auth/rate-limit.js';
import { SessionUser, type User } from '../auth/user.js';
import { Env } from '../config/env.js';
import { badRequest, providerUnavailable } from '../http/page-error.js';
import { PageTexts, phrase, type Texts, textsFor } from '../http/texts/texts.js';
import { formatAmount } from '../payments/state/money.js';
import { Offers } from './catalog/offers.service.js';
import { CheckoutService } from './checkout.service.js';

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
    const { offers: all, reachable } = await this.offers.shown();
    const offers = all?.filter(({ plan }) => !plan);
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

/** `price` is a lookup key. */
const CheckoutForm = z.object({
  price: z.string().min(1).max(200).optional(),
  /** How many, or seats. */
  quantity: z.coerce.number().optional(),
});

/** Sends the customer to Checkout. */
@Controller()
export class CheckoutController {
  constructor(
    private readonly env: Env,
    private readonly checkout: CheckoutService,
  ) {}

  @Post('create-checkout-session')
  @LimitPerUser('checkouts')
  async create(
    @SessionUser() user: User,
    @Body({ schema: CheckoutForm }) form: z.output<typeof CheckoutForm>,
    @Res() response: Response,
  ): Promise<void> {
    const started = await this.checkout.start(user, form.price, form.quantity);
    switch (started.outcome) {
      case 'opened':
        return this.redirectToCheckout(user, started.url, response);
      case 'subscribed':
        return response.redirect(303, '/account');
      case 'not_for_sale':
        throw badRequest(phrase('error.notForSale'));
      case 'bad_quantity':
        throw badRequest(phrase('error.badQuantity', { min: started.min, max: started.max }));
      case 'unavailable':
        throw providerUnavailable(started.cause);
    }
  }

  /**
   * Redirects to Checkout. After a form, browsers follow a redirect only to an origin of `form-action` (response-headers.ts). For any
   * other host, such as a custom domain, a page of ours navigates there instead, which is not the redirect of a form. Clients that
   * are not a browser navigating to a page, by `Sec-Fetch-Mode`, are always redirected.
   */
  private redirectToCheckout(user: User, url: string, response: Response): void {
    const { href, origin } = new URL(url);
    const mayBeBlocked = response.req.get('sec-fetch-mode') === 'navigate';
    if (!mayBeBlocked || this.env.stripe?.checkoutOrigins.includes(origin)) return response.redirect(303, href);
    response.setHeader('Refresh', `0; url=${href}`);
    response.setHeader('Cache-Control', 'no-store');
    response.status(200).render('to-checkout', { user, title: textsFor(response).t('toCheckout.title'), url: href });
  }
}
