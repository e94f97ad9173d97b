import { Controller, Get, Query, Res } from '@nestjs/common';
import type { Response } from 'express';
import { z } from 'zod';
import { SessionUser, type User } from '../../auth/user.js';
import { paymentNotFound } from '../../http/page-error.js';
import { checkoutSid } from '../../http/request-checks.js';
import { PageTexts, type Texts } from '../../http/texts/texts.js';
import { PlanReturnLookup } from './plan-return.service.js';

/** The page looks again by itself after these times, seconds: a minute in all. Then it offers a button. */
const LOOK_AGAIN_AFTER_S = [3, 4, 5, 8, 10, 15, 15];

const ReturnQuery = z.object({
  checkout_sid: checkoutSid,
  /** How often this page has looked again by itself. */
  look: z.coerce.number().int().min(0).max(LOOK_AGAIN_AFTER_S.length).optional().catch(undefined),
});

/** The page to which the Checkout of a plan sends the customer back. */
@Controller()
export class PlanReturnController {
  constructor(private readonly returns: PlanReturnLookup) {}

  @Get('subscribed')
  async subscribed(
    @SessionUser() user: User,
    @Query({ schema: ReturnQuery }) { checkout_sid: sid, look = 0 }: z.output<typeof ReturnQuery>,
    @PageTexts() { t }: Texts,
    @Res() response: Response,
  ): Promise<void> {
    const result = sid && (await this.returns.lookUp(user, sid));
    if (!result) throw paymentNotFound();
    const again = `/subscribed?checkout_sid=${sid}`;
    const seconds = result.outcome === 'waiting' ? LOOK_AGAIN_AFTER_S[look] : undefined;
    if (seconds) response.set('Refresh', `${seconds}; url=${again}&look=${look + 1}`);
    const title = t(TITLES[result.outcome]);
    response.render('subscribed', {
      user,
      title,
      [result.outcome]: true,
      trialing: result.outcome === 'subscribed' && result.subscription.status === 'trialing',
      refreshes: seconds !== undefined,
      lookAgain: result.outcome === 'waiting' && !seconds && again,
    });
  }
}

const TITLES = {
  subscribed: 'subscribed.title',
  waiting: 'subscribed.waiting.title',
  not_completed: 'notPaid.title',
} as const;
