import { Controller, Get, Query, Render, Res } from '@nestjs/common';
import type { Response } from 'express';
import { z } from 'zod';
import { SessionUser, type User } from '../../auth/user.js';
import { checkoutSid } from '../../http/request-checks.js';
import { paymentNotFound } from '../../http/page-error.js';
import { PageTexts, type TextKey, type Texts } from '../../http/texts/texts.js';
import type { PaymentSummary } from '../account/payment.summary.js';
import { paymentView } from '../account/payment.view.js';
import { CheckoutLookup } from './checkout-lookup.service.js';

/** A page of an open payment looks again by itself after these times, seconds: a minute in all. Then it offers a button. */
const LOOK_AGAIN_AFTER_S = [3, 4, 5, 8, 10, 15, 15];

const SuccessQuery = z.object({
  checkout_sid: checkoutSid,
  /** How often this page has looked again by itself. */
  look: z.coerce.number().int().min(0).max(LOOK_AGAIN_AFTER_S.length).optional().catch(undefined),
});

/** The pages to which Checkout sends the customer back. */
@Controller()
export class CheckoutReturnController {
  constructor(private readonly checkouts: CheckoutLookup) {}

  @Get('success')
  async success(
    @SessionUser() user: User,
    @Query({ schema: SuccessQuery }) { checkout_sid: sid, look = 0 }: z.output<typeof SuccessQuery>,
    @PageTexts() texts: Texts,
    @Res() response: Response,
  ): Promise<void> {
    const payment = sid && (await this.checkouts.lookUp(user, sid));
    if (!payment) throw paymentNotFound();
    const { view, title, isOpen, ...page } = pageOf(payment);
    const seconds = isOpen ? LOOK_AGAIN_AFTER_S[look] : undefined;
    // A header, not an element: the pages' policy and their checks know no page that changes by itself for good.
    if (seconds) response.set('Refresh', `${seconds}; url=/success?checkout_sid=${sid}&look=${look + 1}`);
    response.render(view, {
      user,
      ...page,
      title: texts.t(title),
      payment: paymentView(payment, texts),
      refreshes: seconds !== undefined,
      lookAgain: isOpen && !seconds && `/success?checkout_sid=${sid}`,
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
