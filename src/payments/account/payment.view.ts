import { showDate } from '../../http/dates.js';
import type { PaymentStatus } from '../ledger/payment-status.js';
import { amountField, amountPattern, amountRule, formatAmount } from '../money.js';
import type { DisputeSummary, PaymentStory, PaymentSummary, RefundSummary } from '../reading/payment.summary.js';
import { CUSTOMER_REASONS } from '../refunds/refund-reason.js';
import { disputeWords } from './dispute-words.js';
import { historyWords } from './history-words.js';
import { refundWords } from './refund-words.js';

/** What a customer reads for each status. */
const STATUS_WORDS: Record<PaymentStatus, string> = {
  pending: 'Waiting for payment',
  processing: 'Payment on its way',
  paid: 'Paid',
  partially_refunded: 'Partly refunded',
  refunded: 'Refunded',
  disputed: 'Disputed',
  failed: 'Failed',
  expired: 'Expired',
};

/** A payment as the pages show it. */
export const paymentView = (payment: PaymentSummary) => ({
  ...payment,
  date: showDate(payment.createdAt),
  amountText: formatAmount(payment.amount, payment.currency),
  statusText: STATUS_WORDS[payment.status],
  canRefund: payment.refundable > 0,
  refundedText: formatAmount(payment.amountRefunded, payment.currency),
  remainsText: formatAmount(payment.amount - payment.amountRefunded, payment.currency),
  refundableText: formatAmount(payment.refundable, payment.currency),
  refundableField: amountField(payment.refundable, payment.currency),
  amountPattern: amountPattern(payment.currency),
  currencyCode: payment.currency.toUpperCase(),
  refundReasons: CUSTOMER_REASONS,
  amountRule: amountRule(payment.currency),
  earlierRefunds: earlierRefunds(payment),
  refunds: payment.refunds.map((refund) => refundView(refund, payment.currency)),
  disputes: payment.disputes.map((dispute) => disputeView(dispute, payment.currency)),
});

/** The refunds that the page leaves out, such as `12 earlier refunds, $0.12 together`; `undefined` where there are none. */
function earlierRefunds({ earlierRefunds: { count, amount }, currency }: PaymentSummary): string | undefined {
  if (count === 0) return undefined;
  const refunds = count === 1 ? '1 earlier refund' : `${count.toLocaleString('en-US')} earlier refunds`;
  return `${refunds}, ${formatAmount(amount, currency)} ${count === 1 ? '' : 'together'}`.trim();
}

const refundView = (refund: RefundSummary, currency: string) => ({
  ...refund,
  date: showDate(refund.createdAt),
  amountText: formatAmount(refund.amount, currency),
  statusText: refundWords(refund.status, refund.failureReason),
});

const disputeView = (dispute: DisputeSummary, currency: string) => ({
  ...dispute,
  date: showDate(dispute.createdAt),
  text: disputeWords(dispute.status, formatAmount(dispute.amount, currency)),
});

/** A payment's history as its receipt shows it, oldest first. */
export const historyView = ({ history }: PaymentStory) =>
  history.map(({ from, to, cause, at }) => ({ date: showDate(at), text: historyWords(from, to, cause) }));
