import { Body, Controller, Get, Inject, Post, Render, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { csrfToken } from '../auth/csrf.js';
import { LimitPerUser } from '../auth/rate-limit.js';
import { SessionUser, type User } from '../auth/user.js';
import { Env } from '../config/env.js';
import { ownerOf } from '../customers/owner.js';
import { leaveTo } from '../http/leave.js';
import { badRequest, providerUnavailable } from '../http/page-error.js';
import { PageTexts, phrase, type Texts } from '../http/texts/texts.js';
import { formatAmount } from '../payments/state/money.js';
import { SubscriptionReader } from '../subscriptions/account/subscription-reader.service.js';
import { type Plan, PLANS } from '../subscriptions/state/plan.js';
import { type Offer, Offers } from './catalog/offers.service.js';
import { CheckoutService } from './checkout.service.js';
import { planOffers } from './plan-offers.js';

/** While Stripe has never answered, the page reloads itself after this time, seconds. */
const RELOAD_AFTER_S = 5;

/** The shop page. It does not wait for Stripe. */
@Controller()
export class ShopController {
  constructor(
    private readonly offers: Offers,
    private readonly subscriptions: SubscriptionReader,
    @Inject(PLANS) private readonly plans: readonly Plan[],
  ) {}

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
    const plans = await this.plansFor(user, all ?? [], texts);
    if (!offers) response.set('Refresh', `${RELOAD_AFTER_S}`);
    return {
      user,
      inShop: true,
      title: texts.t('shop.title'),
      csrf: csrfToken(request),
      several: offers && offers.length > 1,
      plans,
      isEmpty: all?.length === 0,
      offers: offers?.map((offer) => ({ ...offer, price: formatAmount(offer.amount, offer.currency, texts.locale) })),
      unavailable: !reachable || !offers,
    };
  }

  private async plansFor(user: User, offers: readonly Offer[], texts: Texts) {
    if (!offers.some(({ plan }) => plan)) return [];
    return planOffers(offers, this.plans, await this.subscriptions.ofOwner(ownerOf(user)), texts);
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
        return leaveTo(started.url, response, { env: this.env, user });
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
}
