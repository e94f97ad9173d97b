import { Controller, Get, Query, Render, Res } from '@nestjs/common';
import type { Response } from 'express';
import { z } from 'zod';
import { SessionUser, type User } from '../../auth/user.js';
import { checkoutSid } from '../../http/request-checks.js';
import { paymentNotFound } from '../../http/page-error.js';
import type { PaymentSummary } from '../account/payment.summary.js';
import { paymentView } from '../account/payment.view.js';
import { CheckoutLookup } from './checkout-lookup.service.js';

const SuccessQuery = z.object({ checkout_sid: checkoutSid });

/** The pages to which Checkout sends the customer back. */
@Controller()
export class CheckoutReturnController {
  constructor(private readonly checkouts: CheckoutLookup) {}

  @Get('success')
  async success(
    @SessionUser() user: User,
    @Query({ schema: SuccessQuery }) query: z.output<typeof SuccessQuery>,
    @Res() response: Response,
  ): Promise<void> {
    const payment = query.checkout_sid && (await this.checkouts.lookUp(user, query.checkout_sid));
    if (!payment) throw paymentNotFound();
    const { view, ...page } = pageOf(payment);
    response.render(view, { user, ...page, payment: paymentView(payment) });
  }

  @Get('cancel')
  @Render('cancel')
  cancel(@SessionUser() user: User) {
    return { user, title: 'Payment Cancelled' };
  }
}

/** Most payments are settled within this time, ms. After that, a waiting page refreshes itself less often. */
const SOON_MS = 10 * 60_000;

interface OutcomePage {
  view: string;
  title: string;
  /** Seconds until the page refreshes itself; it does not where left out. */
  refreshSeconds?: number;
  /** Whether the customer has done their part: the money is on its way. */
  promised?: boolean;
  /** Whether the amount is reserved, to be charged when the goods are sent. */
  authorized?: boolean;
}

/** The page for a payment's status. While the payment is open, the page refreshes itself. */
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
