import { Body, Controller, Post, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { LimitPerUser } from '../../auth/rate-limit.js';
import { SessionUser, type User } from '../../auth/user.js';
import { checkoutSid } from '../../http/request-checks.js';
import { setFlash, type Flash } from '../../http/flash.js';
import { badRequest, PageError, paymentNotFound } from '../../http/page-error.js';
import { CUSTOMER_REASON_LABELS } from '../account/labels.js';
import { PaymentReader } from '../account/payment-reader.service.js';
import type { PaymentSummary } from '../account/payment.summary.js';
import { amountField, amountRule, formatAmount, readAmount } from '../state/money.js';
import { ownersOf } from '../store/payment-owner.js';
import { type RefundResult, RefundService } from './refund.service.js';

const RefundForm = z.object({
  checkout_sid: checkoutSid,
  /** Minor units. */
  amount: z.string().optional(),
  /** In the payment's currency, such as `5.00`: what the account page sends. */
  part: z.string().optional(),
  reason: z.enum(Object.keys(CUSTOMER_REASON_LABELS) as (keyof typeof CUSTOMER_REASON_LABELS)[]).optional(),
});

/** Refunds a customer's own payment, in full or in part. */
@Controller('refund')
export class RefundController {
  constructor(
    private readonly refunds: RefundService,
    private readonly reader: PaymentReader,
  ) {}

  @Post()
  @LimitPerUser('refunds')
  async refund(
    @SessionUser() user: User,
    @Body({ schema: RefundForm }) form: z.output<typeof RefundForm>,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const checkoutSessionId = form.checkout_sid;
    if (!checkoutSessionId) throw paymentNotFound();
    const amount = form.part ? await this.readPart(form.part, user, checkoutSessionId) : readMinorUnits(form.amount);
    const payment = { userId: ownersOf(user), checkoutSessionId };
    const result = await this.refunds.request({ payment, amount, reason: form.reason, requestedBy: user.id });
    await setFlash(request, toFlash(result));
    response.redirect(303, '/account');
  }

  /** The amount in minor units. The payment's currency decides how many decimals the text may have. */
  private async readPart(text: string, user: User, checkoutSessionId: string): Promise<number> {
    const payment = await this.reader.find(ownersOf(user), checkoutSessionId);
    if (!payment) throw paymentNotFound();
    const amount = readAmount(text, payment.currency);
    if (amount === undefined) throw invalidPart(payment);
    return amount;
  }
}

function invalidPart({ refundable, currency }: Pick<PaymentSummary, 'refundable' | 'currency'>): PageError {
  const [example, rule] = [amountField(refundable, currency), amountRule(currency)];
  const hint = rule ? ` ${currency.toUpperCase()} has ${rule}.` : '';
  return badRequest(`Write the amount of the refund as a number, such as ${example}.${hint}`);
}

/** 1 and up; `undefined` where nothing is written, which means all that is left. */
function readMinorUnits(text: string | undefined): number | undefined {
  if (!text) return undefined;
  if (!/^0*[1-9]\d*$/.test(text) || text.length > 15)
    throw badRequest('The amount of a refund is a whole number of the smallest coin, 1 or more.');
  return Number(text);
}

function toFlash(result: RefundResult): Flash {
  switch (result.outcome) {
    case 'unknown_payment':
      throw paymentNotFound();
    case 'too_much':
      throw new PageError(409, 'This refund is not possible', refundableText(result));
    case 'not_possible_amount':
      throw badRequest(`${result.reason} ${refundableText(result)}`);
    case 'too_many':
      throw new PageError(
        409,
        'This refund is not possible',
        `You have asked for ${result.limit} refunds of this payment, which is as many as can be asked for here. Please contact us about the rest.`,
      );
    case 'refunded': {
      const when = result.pending ? 'is on its way' : 'has been made';
      return { kind: 'good', text: `Your refund of ${formatAmount(result.amount, result.currency)} ${when}.` };
    }
    case 'queued':
      return {
        kind: 'good',
        text: 'Your refund is requested, and will be made as soon as our payment provider answers.',
      };
    case 'declined':
      return { kind: 'bad', text: 'Our payment provider declined the refund. Nothing has changed; please contact us.' };
  }
}

function refundableText({ refundable, currency }: { refundable: number; currency: string }): string {
  if (refundable === 0) return 'There is nothing left of this payment that could be refunded.';
  return `No more than ${formatAmount(refundable, currency)} of this payment can be refunded.`;
}
