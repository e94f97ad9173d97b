import { Body, Controller, Get, Post, Query, Render, Res } from '@nestjs/common';
import type { Response } from 'express';
import { z } from 'zod';
import { LimitPerUser } from '../auth/rate-limit/rate-limit.guard.js';
import { SessionUser, type User } from '../auth/user.js';
import { Env } from '../config/env.js';
import { checkoutSid } from '../http/input.js';
import { badRequest, paymentNotFound, providerUnavailable } from '../http/page-error.js';
import { paymentView } from '../payments/account/payment.view.js';
import type { PaymentSummary } from '../payments/account/payment.summary.js';
import { CheckoutService } from './checkout.service.js';

/** `price` is a lookup key. */
const CheckoutForm = z.object({ price: z.string().min(1).max(200).optional() });
const SuccessQuery = z.object({ checkout_sid: checkoutSid });

/** To Checkout and back. */
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

  @Get('success')
  async success(
    @SessionUser() user: User,
    @Query({ schema: SuccessQuery }) query: z.output<typeof SuccessQuery>,
    @Res() response: Response,
  ): Promise<void> {
    const payment = query.checkout_sid && (await this.checkout.lookUp(user, query.checkout_sid));
    if (!payment) throw paymentNotFound();
    const { view, ...page } = pageOf(payment);
    response.render(view, { user, ...page, payment: paymentView(payment) });
  }

  @Get('cancel')
  @Render('cancel')
  cancel(@SessionUser() user: User) {
    return { user, title: 'Payment Cancelled' };
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

/** Most outcomes are known soon after; later, a waiting page looks again less often. */
const SOON_MS = 10 * 60_000;

interface OutcomePage {
  view: string;
  title: string;
  refreshSeconds?: number;
  /** The customer has done their part: the money is on its way. */
  promised?: boolean;
  /** The amount is reserved, and charged when we send what was bought. */
  authorized?: boolean;
}

/** What the customer is shown; while the outcome is open, the page looks again by itself. */
function pageOf({ status, createdAt }: PaymentSummary): OutcomePage {
  const refreshSeconds = Date.now() - createdAt.getTime() < SOON_MS ? 5 : 60;
  switch (status) {
    case 'pending':
      return { view: 'processing', title: 'Waiting for your payment', refreshSeconds };
    case 'processing':
      return { view: 'processing', title: 'Payment on its way', refreshSeconds, promised: true };
    case 'authorized':
      return { view: 'processing', title: 'Amount reserved', authorized: true };
    case 'failed':
    case 'expired':
      return { view: 'not-paid', title: 'Nothing was paid' };
    case 'paid':
    case 'partially_refunded':
    case 'refunded':
    case 'disputed':
      return { view: 'success', title: 'Payment Successful!' };
  }
}
