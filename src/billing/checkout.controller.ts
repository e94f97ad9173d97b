import { Body, Controller, Post, Res } from '@nestjs/common';
import type { Response } from 'express';
import { z } from 'zod';
import { LimitPerUser } from '../auth/rate-limit/rate-limit.guard.js';
import { SessionUser, type User } from '../auth/user.js';
import { Env } from '../config/env.js';
import { badRequest, providerUnavailable } from '../http/page-error.js';
import { phrase, textsFor } from '../http/texts/texts.js';
import { CheckoutService } from './checkout.service.js';

/** `price` is a lookup key. */
const CheckoutForm = z.object({ price: z.string().min(1).max(200).optional() });

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
    const started = await this.checkout.start(user, form.price);
    switch (started.outcome) {
      case 'opened':
        return this.redirectToCheckout(user, started.url, response);
      case 'not_for_sale':
        throw badRequest(phrase('error.notForSale'));
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
