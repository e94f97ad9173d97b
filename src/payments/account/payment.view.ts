import { toDateView } from '../../http/views.js';
import { amountField, amountPattern, amountRule, formatAmount } from '../state/money.js';
import { CUSTOMER_REASON_LABELS, disputeLabel, historyLabel, refundLabel, STATUS_LABELS } from './labels.js';
import type { DisputeOfPayment, PaymentDetails, PaymentSummary, RefundSummary } from './payment.summary.js';

/** A payment for the customer's pages, with formatted amounts and dates. */
export const paymentView = (payment: PaymentSummary) => ({
  ...payment,
  date: toDateView(payment.createdAt),
  amountText: formatAmount(payment.amount, payment.currency),
  statusText: statusText(payment),
  notPaid: notPaidLabel(payment),
  /** Whether the checkout may still be open: the shop leads back to it. */
  canContinue: payment.status === 'pending' && payment.requested !== null,
  canRefund: payment.refundable > 0,
  refundedText: formatAmount(payment.amountRefunded, payment.currency),
  disputedText: formatAmount(payment.amountDisputed, payment.currency),
  isReduced: payment.amountRefunded + payment.amountDisputed > 0,
  remainsText: formatAmount(payment.amount - payment.amountRefunded - payment.amountDisputed, payment.currency),
  refundableText: formatAmount(payment.refundable, payment.currency),
  refundableField: amountField(payment.refundable, payment.currency),
  amountPattern: amountPattern(payment.currency),
  currencyCode: payment.currency.toUpperCase(),
  refundReasons: CUSTOMER_REASON_LABELS,
  amountRule: amountRule(payment.currency),
  earlierRefunds: earlierRefunds(payment),
  refunds: payment.refunds.map((refund) => refundView(refund, payment.currency)),
  disputes: payment.disputes.map((dispute) => disputeView(dispute, payment.currency)),
});

/** The sentence about an order that was never paid, which has no receipt; `undefined` once it was paid. */
function notPaidLabel({ status, unexplained }: PaymentSummary): string | undefined {
  switch (status) {
    case 'pending':
      return 'Nothing has been paid yet.';
    case 'processing':
      return unexplained
        ? 'Your payment is being looked at, and is not confirmed yet.'
        : 'Your payment is on its way, and has not reached us yet.';
    case 'authorized':
      return 'The amount is reserved on your card, and has not been charged.';
    case 'failed':
    case 'expired':
      return 'Nothing was paid, and you have not been charged.';
    case 'paid':
    case 'partially_refunded':
    case 'refunded':
    case 'disputed':
      return undefined;
  }
}

/** A partial dispute does not change the status: it is shown beside it. */
const statusText = ({ status, amountDisputed }: PaymentSummary): string =>
  amountDisputed > 0 && status !== 'disputed' ? `${STATUS_LABELS[status]}, partly disputed` : STATUS_LABELS[status];

/** The refunds that the page omits, such as `12 earlier refunds, $0.12 together`; `undefined` where it omits none. */
function earlierRefunds({ earlierRefunds: { count, amount }, currency }: PaymentSummary): string | undefined {
  if (count === 0) return undefined;
  const refunds = count === 1 ? '1 earlier refund' : `${count.toLocaleString('en-US')} earlier refunds`;
  return `${refunds}, ${formatAmount(amount, currency)} ${count === 1 ? '' : 'together'}`.trim();
}

const refundView = (refund: RefundSummary, currency: string) => ({
  ...refund,
  date: toDateView(refund.createdAt),
  amountText: formatAmount(refund.amount, currency),
  statusText: refundLabel(refund.status, refund.failureReason),
});

const disputeView = (dispute: DisputeOfPayment, currency: string) => ({
  ...dispute,
  date: toDateView(dispute.createdAt),
  text: disputeLabel({
    ...dispute,
    amountText: formatAmount(dispute.amount, dispute.currency),
    takenText: formatAmount(dispute.taken, currency),
    isTakenWhole: dispute.taken > 0 && (dispute.taken === dispute.amount || dispute.currency !== currency),
  }),
});

/** A payment's history for its receipt, oldest first. */
export const historyView = ({ history }: PaymentDetails) =>
  history.map(({ from, to, cause, at }) => ({ date: toDateView(at), text: historyLabel(from, to, cause) }));
