import type { Texts } from '../../http/texts/texts.js';
import { amountField, amountPattern, formatAmount } from '../state/money.js';
import { disputeLabel, historyLabel, notPaidKey, refundFailure, ruleLabel } from './labels.js';
import type { DisputeOfPayment, PaymentDetails, PaymentSummary, RefundSummary } from './payment.summary.js';

/** What was bought, by its name; by its invoice where that has none. */
export const whatWasBought = ({ description, invoiceNumber: number }: PaymentSummary, { t }: Texts): string => {
  if (description !== '') return description;
  return number ? t('payment.invoiceNumber', { number }) : t('payment.invoice');
};

/** A payment for the customer's pages, with amounts, dates and labels in the language of the page. */
export function paymentView(payment: PaymentSummary, texts: Texts) {
  const { status, currency } = payment;
  const { t } = texts;
  const what = whatWasBought(payment, texts);
  const money = (amount: number) => formatAmount(amount, currency, texts.locale);
  const date = texts.date(payment.createdAt);
  const notPaid = notPaidKey(status, payment.unexplained);
  const earlierRefunds = earlierRefundsText(payment, texts);
  return {
    id: payment.id,
    checkoutSessionId: payment.checkoutSessionId,
    invoiceId: payment.invoiceId,
    paymentIntentId: payment.paymentIntentId,
    email: payment.email,
    description: what,
    priceKey: payment.priceKey,
    status,
    date,
    amountText: money(payment.amount),
    statusText: statusText(payment, texts),
    linkText: t(notPaid ? 'account.orderOf' : 'account.receiptOf', { what, date: date.text }),
    notPaid: notPaid && t(notPaid),
    /** Whether the checkout may still be open: the shop leads back to it. */
    canContinue: status === 'pending' && payment.requested !== null,
    /** An invoice's payment has no Checkout Session: what becomes of its subscription is decided with it, by the seller. */
    canRefund: payment.refundable > 0 && payment.checkoutSessionId !== null,
    amountRefunded: payment.amountRefunded,
    refundedText: money(payment.amountRefunded),
    amountDisputed: payment.amountDisputed,
    disputedText: money(payment.amountDisputed),
    isReduced: payment.amountRefunded + payment.amountDisputed > 0,
    remainsText: money(payment.amount - payment.amountRefunded - payment.amountDisputed),
    isReturned: payment.refunds.length + payment.disputes.length > 0 || earlierRefunds !== undefined,
    earlierRefunds,
    refunds: payment.refunds.map((refund) => refundView(refund, currency, texts)),
    disputes: payment.disputes.map((dispute) => disputeView(dispute, currency, texts)),
  };
}

/** What the form for a payment's refund shows. `signs`: the decimal signs that it takes; the first is the page's own. */
export function refundFormView(payment: PaymentSummary, texts: Texts, signs: string) {
  const { refundable, currency, createdAt } = payment;
  const { t } = texts;
  const [what, date] = [whatWasBought(payment, texts), texts.date(createdAt).text];
  const amount = formatAmount(refundable, currency, texts.locale);
  const example = amountField(refundable, currency, signs[0]);
  const words = ruleLabel(currency);
  const rule = words && texts.say(words);
  const code = currency.toUpperCase();
  return {
    refundText: t('refund.openThis', { amount, what, date }),
    refundThisText: t('refund.confirmThis', { what, date }),
    amountLabel: t(rule ? 'refund.amountRule' : 'refund.amount', { currency: code, amount, rule }),
    amountTitle: t(rule ? 'refund.writeRule' : 'refund.write', { example, rule }),
    refundableField: example,
    amountPattern: amountPattern(currency, signs),
  };
}

/** A partial dispute does not change the status: it is shown beside it. */
function statusText({ status, amountDisputed }: PaymentSummary, { t }: Texts): string {
  const text = t(`status.${status}`);
  return amountDisputed > 0 && status !== 'disputed' ? t('status.partlyDisputed', { status: text }) : text;
}

/** The refunds that the page omits, such as `12 earlier refunds, $0.12 together`; `undefined` where it omits none. */
function earlierRefundsText({ earlierRefunds, currency }: PaymentSummary, texts: Texts): string | undefined {
  const { count, amount } = earlierRefunds;
  return count === 0
    ? undefined
    : texts.t('refund.earlier', { count, amount: formatAmount(amount, currency, texts.locale) });
}

function refundView({ status, amount, failureReason, createdAt }: RefundSummary, currency: string, texts: Texts) {
  const why = refundFailure(status, failureReason);
  const params = {
    amount: formatAmount(amount, currency, texts.locale),
    status: texts.t(`refund.status.${status}`),
    why: why && texts.t(why),
  };
  return { date: texts.date(createdAt), text: texts.t(why ? 'refund.lineWhy' : 'refund.line', params) };
}

function disputeView(dispute: DisputeOfPayment, currency: string, texts: Texts) {
  const label = disputeLabel({
    ...dispute,
    amountText: formatAmount(dispute.amount, dispute.currency, texts.locale),
    takenText: formatAmount(dispute.taken, currency, texts.locale),
    isTakenWhole: dispute.taken > 0 && (dispute.taken === dispute.amount || dispute.currency !== currency),
  });
  return { ...dispute, date: texts.date(dispute.createdAt), text: texts.say(label) };
}

/** A payment's history for its receipt, oldest first. */
export const historyView = ({ history }: PaymentDetails, texts: Texts) =>
  history.map(({ from, to, cause, at }) => ({ date: texts.date(at), text: texts.say(historyLabel(from, to, cause)) }));
