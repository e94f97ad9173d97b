import { Controller, Get, Query, Render, Res } from '@nestjs/common';
import type { Response } from 'express';
import type { z } from 'zod';
import { SessionUser, type User } from '../../auth/user.js';
import { paymentNotFound } from '../../http/page-error.js';
import { PageTexts, type TextKey, type Texts } from '../../http/texts/texts.js';
import type { PaymentSummary } from '../account/payment.summary.js';
import { paymentView } from '../account/payment.view.js';
import { CheckoutLookup } from './checkout-lookup.service.js';
import { lookAgain, ReturnQuery } from './look-again.js';

/** The pages to which Checkout sends the customer back. */
@Controller()
export class CheckoutReturnController {
  constructor(private readonly checkouts: CheckoutLookup) {}

  @Get('success')
  async success(
    @SessionUser() user: User,
    @Query({ schema: ReturnQuery }) query: z.output<typeof ReturnQuery>,
    @PageTexts() texts: Texts,
    @Res() response: Response,
  ): Promise<void> {
    const payment = query.checkout_sid && (await this.checkouts.lookUp(user, query.checkout_sid));
    if (!payment) throw paymentNotFound();
    const { view, title, isOpen, ...page } = pageOf(payment);
    response.render(view, {
      user,
      ...page,
      title: texts.t(title),
      payment: paymentView(payment, texts),
      ...(isOpen && lookAgain(response, '/success', query)),
    });
  }

  @Get('cancel')
  @Render('cancel')
  cancel(@SessionUser() user: User, @PageTexts() { t }: Texts) {
    return { user, title: t('cancel.title') };
  }
}

interface OutcomePage {
  view: string;
  title: TextKey;
  /** Whether the page may change soon. */
  isOpen?: boolean;
  /** Whether the customer has done their part: the money is on its way. */
  promised?: boolean;
  /** Whether the amount is reserved, to be charged when the goods are sent. */
  authorized?: boolean;
}

/** The page for a payment's status. */
function pageOf({ status }: PaymentSummary): OutcomePage {
  switch (status) {
    case 'pending':
      return { view: 'processing', title: 'waiting.title', isOpen: true };
    case 'processing':
      return { view: 'processing', title: 'promised.title', isOpen: true, promised: true };
    case 'authorized':
      return { view: 'processing', title: 'authorized.title', authorized: true };
    case 'failed':
    case 'expired':
      return { view: 'not-paid', title: 'notPaid.title' };
    case 'paid':
    case 'partially_refunded':
    case 'refunded':
    case 'disputed':
      return { view: 'success', title: 'success.title' };
  }
}
