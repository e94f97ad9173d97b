import { Body, Controller, Post, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { LimitPerUser } from '../../auth/rate-limit.js';
import { SessionUser, type User } from '../../auth/user.js';
import { checkoutSid } from '../../http/request-checks.js';
import { setFlash, type Flash } from '../../http/flash.js';
import { badRequest, FormError, PageError, paymentNotFound } from '../../http/page-error.js';
import { amountSigns, PageTexts, phrase, type Texts } from '../../http/texts/texts.js';
import { CUSTOMER_REASONS, ruleLabel } from '../account/labels.js';
import { PaymentReader } from '../account/payment-reader.service.js';
import type { PaymentSummary } from '../account/payment.summary.js';
import { paymentView, refundFormView } from '../account/payment.view.js';
import { amountField, formatAmount, possibleAmount, readAmount } from '../state/money.js';
import { type Owners, ownersOf } from '../store/payment-owner.js';
import { type RefundResult, RefundService } from './refund.service.js';

const RefundForm = z.object({
  checkout_sid: checkoutSid,
  /** Minor units. */
  amount: z.string().optional(),
  /** In the payment's currency, such as `5.00`: what the account page sends. */
  part: z.string().optional(),
  reason: z.enum(CUSTOMER_REASONS).optional(),
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
    @PageTexts() texts: Texts,
  ): Promise<void> {
    const checkoutSessionId = form.checkout_sid;
    if (!checkoutSessionId) throw paymentNotFound();
    const owners = ownersOf(user);
    const signs = amountSigns(request, texts);
    try {
      const amount = form.amount ? readMinorUnits(form.amount) : await this.readPart(form, owners, { signs, texts });
      const payment = { userId: owners, checkoutSessionId };
      const result = await this.refunds.request({ payment, amount, reason: form.reason, requestedBy: user.id });
      await setFlash(request, toFlash(result, amount, texts));
      response.redirect(303, '/account');
    } catch (error) {
      throw await this.asForm(error, { owners, form, signs, texts });
    }
  }

  /** The amount in minor units. The payment's currency decides how many decimals the text may have. */
  private async readPart(
    { part, checkout_sid: sid = '' }: RefundInput,
    owners: Owners,
    { signs, texts }: Pick<FormAgain, 'signs' | 'texts'>,
  ): Promise<number | undefined> {
    if (!part) return undefined;
    const payment = await this.reader.find(owners, sid);
    if (!payment) throw paymentNotFound();
    const amount = readAmount(part, payment.currency, signs);
    if (amount === undefined) throw invalidPart(payment, signs, texts);
    return amount;
  }

  /** The form again with what is wrong, as long as something can be refunded; otherwise the error as it is. */
  private async asForm(error: unknown, { owners, form, signs, texts }: FormAgain): Promise<unknown> {
    if (!(error instanceof PageError) || ![400, 409].includes(error.getStatus())) return error;
    const payment = await this.reader.find(owners, form.checkout_sid ?? '');
    if (!payment || payment.refundable === 0) return error;
    const view = { ...paymentView(payment, texts), ...refundFormView(payment, texts, signs), given: form.part };
    const { title, explanation } = error;
    return new FormError({ status: error.getStatus(), title, explanation }, 'refund', {
      inAccount: true,
      payment: view,
    });
  }
}

type RefundInput = z.output<typeof RefundForm>;
interface FormAgain {
  owners: Owners;
  form: RefundInput;
  signs: string;
  texts: Texts;
}

function invalidPart(
  { refundable, currency }: Pick<PaymentSummary, 'refundable' | 'currency'>,
  signs: string,
  texts: Texts,
): PageError {
  const params = { example: amountField(refundable, currency, signs[0]), ...ruleParams(currency, texts) };
  return badRequest(phrase(params.rule ? 'refund.writeNumberRule' : 'refund.writeNumber', params));
}

function ruleParams(currency: string, texts: Texts) {
  const rule = ruleLabel(currency);
  return { currency: currency.toUpperCase(), rule: rule && texts.say(rule) };
}

/** 1 and up. */
function readMinorUnits(text: string): number {
  if (!/^0*[1-9]\d*$/.test(text) || text.length > 15) throw badRequest(phrase('refund.smallestCoin'));
  return Number(text);
}

/** `asked`: minor units; undefined for all that was left. */
function toFlash(result: RefundResult, asked: number | undefined, texts: Texts): Flash {
  const { t } = texts;
  switch (result.outcome) {
    case 'unknown_payment':
      throw paymentNotFound();
    case 'too_much':
      throw notPossible(refundableText(result, texts));
    case 'not_possible_amount':
      throw badRequest(`${notPossibleText(asked ?? 0, result.currency, texts)} ${refundableText(result, texts)}`);
    case 'too_many':
      throw notPossible(t('refund.tooMany', { count: result.limit }));
    case 'refunded': {
      const amount = formatAmount(result.amount, result.currency, texts.locale);
      return { kind: 'good', text: t(result.pending ? 'refund.onItsWay' : 'refund.made', { amount }) };
    }
    case 'queued':
      return { kind: 'good', text: t('refund.queued') };
    case 'declined':
      return { kind: 'bad', text: t('refund.declined') };
  }
}

function notPossibleText(asked: number, currency: string, texts: Texts): string {
  const [amount, example] = [asked, possibleAmount(asked, currency)].map((one) =>
    formatAmount(one, currency, texts.locale),
  );
  return texts.t('refund.amountNotPossible', { amount, example, ...ruleParams(currency, texts) });
}

const notPossible = (explanation: string) => new PageError(409, phrase('refund.notPossible'), explanation);

function refundableText({ refundable, currency }: { refundable: number; currency: string }, texts: Texts): string {
  if (refundable === 0) return texts.t('refund.nothingLeft');
  return texts.t('refund.noMore', { amount: formatAmount(refundable, currency, texts.locale) });
}
