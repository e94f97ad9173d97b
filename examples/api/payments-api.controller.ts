import { Body, Controller, Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { csrfToken } from '../auth/csrf.js';
import { LimitPerUser } from '../auth/rate-limit.js';
import { SessionUser, type User } from '../auth/user.js';
import { PaymentReader } from '../payments/account/payment-reader.service.js';
import { readCursor, type PaymentSummary } from '../payments/account/payment.summary.js';
import { type RefundResult, RefundService } from '../payments/refunds/refund.service.js';
import { ownersOf } from '../payments/store/payment-owner.js';

const PageQuery = z.object({ after: z.string().max(300).transform(readCursor).optional() });
/** `amount` in the currency's minor unit; all that is left, where left out. */
const RefundBody = z.object({ amount: z.int().positive().optional() });

/** The customer's own payments as JSON, for a front end in the browser: it goes by the session, as the pages do. */
@Controller('api')
export class PaymentsApiController {
  constructor(
    private readonly reader: PaymentReader,
    private readonly refunds: RefundService,
  ) {}

  /** Who is logged in, and the token that each POST needs in its header `X-CSRF-Token`. */
  @Get('session')
  session(@SessionUser() { email }: User, @Req() request: Request) {
    return { email, csrfToken: csrfToken(request) };
  }

  /** Newest first, 20 a page; `next` is the `after` of the next page. */
  @Get('payments')
  async list(@SessionUser() user: User, @Query({ schema: PageQuery }) { after }: z.output<typeof PageQuery>) {
    const { payments, next } = await this.reader.page(ownersOf(user), after);
    return { payments: payments.map(toJson), next: next ?? null };
  }

  @Post('payments/:checkoutSessionId/refunds')
  @LimitPerUser('refunds')
  async refund(
    @SessionUser() user: User,
    @Param('checkoutSessionId') checkoutSessionId: string,
    @Body({ schema: RefundBody }) { amount }: z.output<typeof RefundBody>,
    @Res({ passthrough: true }) response: Response,
  ): Promise<RefundResult> {
    const payment = { userId: ownersOf(user), checkoutSessionId };
    const result = await this.refunds.request({ payment, amount, requestedBy: user.id });
    response.status(STATUS[result.outcome]);
    return result;
  }
}

const STATUS: Record<RefundResult['outcome'], number> = {
  refunded: 201,
  queued: 202,
  not_possible_amount: 400,
  unknown_payment: 404,
  declined: 409,
  too_many: 409,
  too_much: 409,
};

/** What a customer may see. */
const toJson = (payment: PaymentSummary) => ({
  checkoutSessionId: payment.checkoutSessionId,
  description: payment.description,
  amount: payment.amount,
  amountRefunded: payment.amountRefunded,
  refundable: payment.refundable,
  currency: payment.currency,
  status: payment.status,
  createdAt: payment.createdAt,
});
