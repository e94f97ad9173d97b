import { Controller, Get, Param, Query, Render, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { csrfToken } from '../../auth/csrf.js';
import { SessionUser, type User } from '../../auth/user.js';
import { takeFlash } from '../../http/flash.js';
import { badRequest, paymentNotFound } from '../../http/page-error.js';
import { amountSigns, PageTexts, phrase, type Texts } from '../../http/texts/texts.js';
import { ownersOf } from '../store/payment-owner.js';
import { AccountSections } from './account-sections.js';
import { byMonth, FILTER_NAMES, filterLinks, statusesOf } from './account-filter.js';
import { declineOf } from './labels.js';
import { PaymentReader } from './payment-reader.service.js';
import { readCursor } from './payment.summary.js';
import { historyView, paymentView, refundFormView, whatWasBought } from './payment.view.js';

const AccountQuery = z.object({
  /** A cursor that cannot be read is `undefined`. */
  after: z.string().max(300).transform(readCursor).optional().catch(undefined),
  /** An unknown one shows all. */
  status: z.enum(FILTER_NAMES).optional().catch(undefined),
});

/** The pages of a customer's own payments. */
@Controller('account')
export class AccountController {
  constructor(
    private readonly reader: PaymentReader,
    private readonly sections: AccountSections,
  ) {}

  @Get()
  @Render('account')
  async account(
    @SessionUser() user: User,
    @Req() request: Request,
    @PageTexts() texts: Texts,
    @Query({ schema: AccountQuery }) { after, status }: z.output<typeof AccountQuery>,
  ) {
    if (!after && request.query.after !== undefined) throw unknownPage();
    const { payments, next } = await this.reader.page(ownersOf(user), after, statusesOf(status));
    const notice = takeFlash(request);
    const hasAny = payments.length > 0 || after !== undefined || status !== undefined;
    return {
      ...(!after && !status && (await this.sections.load(user, texts))),
      user,
      inAccount: true,
      title: [notice?.text, texts.t('account.title')].filter(Boolean).join(' · '),
      csrf: csrfToken(request),
      notice,
      filters: hasAny && filterLinks(status, texts),
      filtered: hasAny,
      months: byMonth(payments, texts, amountSigns(request, texts)),
      status,
      next,
      later: after !== undefined,
      paged: next !== undefined || after !== undefined,
    };
  }

  /** The printable receipt of a payment; for one that was never paid, the page of the order. */
  @Get('payments/:id')
  async receipt(
    @SessionUser() user: User,
    @Req() request: Request,
    @Res() response: Response,
    @PageTexts() texts: Texts,
    @Param('id') id: string,
  ): Promise<void> {
    const receipt = await this.reader.receipt(ownersOf(user), id);
    if (!receipt) throw paymentNotFound();
    const { payment, receiptUrl, declineCode } = receipt;
    const shown = { ...paymentView(payment, texts), ...refundFormView(payment, texts, amountSigns(request, texts)) };
    const decline = declineOf(payment.status, declineCode);
    const why = decline?.why && texts.t(decline.why);
    response.render(shown.notPaid ? 'order' : 'payment', {
      user,
      title: texts.t(shown.notPaid ? 'order.titleOf' : 'receipt.titleOf', { what: whatWasBought(payment, texts) }),
      csrf: csrfToken(request),
      payment: shown,
      history: historyView(payment, texts),
      receiptUrl,
      declined: decline && texts.t(why ? 'decline.lastWhy' : 'decline.last', { why }),
    });
  }
}

const unknownPage = () => badRequest(phrase('account.unknownPage'));
