import { Body, Controller, Post, Res } from '@nestjs/common';
import type { Response } from 'express';
import { z } from 'zod';
import { LimitPerUser } from '../auth/rate-limit/rate-limit.guard.js';
import { SessionUser, type User } from '../auth/user.js';
import { Env } from '../config/env.js';
import { badRequest, providerUnavailable } from '../http/page-error.js';
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
        return this.goOn(user, started.url, response);
      case 'not_for_sale':
        throw badRequest('This cannot be bought here, or not any more.');
      case 'unavailable':
        throw providerUnavailable(started.cause);
    }
  }

  /**
   * To Checkout, on whatever host Stripe has it. A browser follows a form's redirect only to an origin that `form-action` names
   * (see security-headers.ts); to any other, such as a custom domain, a page of ours leads, which is no redirect of a form. What is
   * no browser on its way to a page, as `Sec-Fetch-Mode` says, is redirected always.
   */
  private goOn(user: User, url: string, response: Response): void {
    const { href, origin } = new URL(url);
    const mayBeBlocked = response.req.get('sec-fetch-mode') === 'navigate';
    if (!mayBeBlocked || this.env.stripe?.checkoutOrigins.includes(origin)) return response.redirect(303, href);
    response.setHeader('Refresh', `0; url=${href}`);
    response.setHeader('Cache-Control', 'no-store');
    response.status(200).render('to-checkout', { user, title: 'On to your payment', url: href });
  }
}
