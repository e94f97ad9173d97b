import { Controller, Get, Query, Res } from '@nestjs/common';
import type { Response } from 'express';
import type { z } from 'zod';
import { SessionUser, type User } from '../../auth/user.js';
import { paymentNotFound } from '../../http/page-error.js';
import { PageTexts, type Texts } from '../../http/texts/texts.js';
import { lookAgain, ReturnQuery } from '../../payments/checkout/look-again.js';
import { PlanReturnLookup } from './plan-return.service.js';

/** The page to which the Checkout of a plan sends the customer back. */
@Controller()
export class PlanReturnController {
  constructor(private readonly returns: PlanReturnLookup) {}

  @Get('subscribed')
  async subscribed(
    @SessionUser() user: User,
    @Query({ schema: ReturnQuery }) query: z.output<typeof ReturnQuery>,
    @PageTexts() { t }: Texts,
    @Res() response: Response,
  ): Promise<void> {
    const result = query.checkout_sid && (await this.returns.lookUp(user, query.checkout_sid));
    if (!result) throw paymentNotFound();
    response.render('subscribed', {
      user,
      title: t(TITLES[result.outcome]),
      [result.outcome]: true,
      trialing: result.outcome === 'subscribed' && result.subscription.status === 'trialing',
      ...(result.outcome === 'waiting' && lookAgain(response, '/subscribed', query)),
    });
  }
}

const TITLES = {
  subscribed: 'subscribed.title',
  waiting: 'subscribed.waiting.title',
  not_completed: 'notPaid.title',
} as const;
