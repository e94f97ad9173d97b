import { Controller, Get, Param, Query, Render, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { csrfToken } from '../../auth/csrf.js';
import { SessionUser, type User } from '../../auth/user.js';
import { takeFlash } from '../../http/flash.js';
import { badRequest, paymentNotFound } from '../../http/page-error.js';
import { ownersOf } from '../store/payment-owner.js';
import { declineLabel } from './labels.js';
import { PaymentReader } from './payment-reader.service.js';
import { readCursor } from './payment.summary.js';
import { historyView, paymentView } from './payment.view.js';

/** A cursor that cannot be read is `undefined`. */
const AccountQuery = z.object({ after: z.string().max(300).transform(readCursor).optional().catch(undefined) });

/** The pages of a customer's own payments. */
@Controller('account')
export class AccountController {
  constructor(private readonly reader: PaymentReader) {}

  @Get()
  @Render('account')
  async account(
    @SessionUser() user: User,
    @Req() request: Request,
    @Query({ schema: AccountQuery }) { after }: z.output<typeof AccountQuery>,
  ) {
    if (!after && request.query.after !== undefined) throw unknownPage();
    const { payments, next } = await this.reader.page(ownersOf(user), after);
    return {
      user,
      title: 'Your account',
      csrf: csrfToken(request),
      notice: takeFlash(request),
      payments: payments.map(paymentView),
      next,
      later: after !== undefined,
    };
  }

  /** The printable receipt of a payment; for one that was never paid, the page of the order. */
  @Get('payments/:id')
  async receipt(
    @SessionUser() user: User,
    @Req() request: Request,
    @Res() response: Response,
    @Param('id') id: string,
  ): Promise<void> {
    const receipt = await this.reader.receipt(ownersOf(user), id);
    if (!receipt) throw paymentNotFound();
    const { payment, receiptUrl, declineCode } = receipt;
    const shown = paymentView(payment);
    response.render(shown.notPaid ? 'order' : 'payment', {
      user,
      title: `${shown.notPaid ? 'Order of' : 'Receipt for'} ${payment.description}`,
      csrf: csrfToken(request),
      payment: shown,
      history: historyView(payment),
      receiptUrl,
      declined: declineLabel(payment.status, declineCode),
    });
  }
}

const unknownPage = () => badRequest('There is no such page of your payments.');
