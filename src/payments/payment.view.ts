import { showDate } from '../http/dates.js';
import { disputeWords } from './dispute-words.js';
import { formatAmount } from './money.js';
import type { DisputeSummary, PaymentSummary, RefundSummary } from './payment.summary.js';
import type { PaymentStatus, RefundStatus } from './payment-status.js';

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

const REFUND_WORDS: Record<RefundStatus, string> = {
  requested: 'requested',
  refused: 'not possible',
  pending: 'on its way',
  requires_action: 'waiting for you',
  succeeded: 'done',
  failed: 'failed',
  canceled: 'canceled',
};

/** A payment as the pages show it. */
export const paymentView = (payment: PaymentSummary) => ({
  ...payment,
  date: showDate(payment.createdAt),
  amountText: formatAmount(payment.amount, payment.currency),
  statusText: STATUS_WORDS[payment.status],
  canRefund: payment.refundable > 0,
  refundableText: formatAmount(payment.refundable, payment.currency),
  refunds: payment.refunds.map((refund) => refundView(refund, payment.currency)),
  disputes: payment.disputes.map((dispute) => disputeView(dispute, payment.currency)),
});

const refundView = (refund: RefundSummary, currency: string) => ({
  ...refund,
  date: showDate(refund.createdAt),
  amountText: formatAmount(refund.amount, currency),
  statusText: REFUND_WORDS[refund.status],
});

const disputeView = (dispute: DisputeSummary, currency: string) => ({
  ...dispute,
  date: showDate(dispute.createdAt),
  text: disputeWords(dispute.status, formatAmount(dispute.amount, currency)),
});
