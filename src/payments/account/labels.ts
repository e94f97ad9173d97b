import type { DisputeStatus } from '../state/dispute-state.js';
import type { PaymentStatus, RefundStatus } from '../state/payment-facts.js';
import type { RefundReason } from '../state/refund-state.js';

/** A payment's status on the customer's pages. */
export const STATUS_LABELS: Record<PaymentStatus, string> = {
  pending: 'Waiting for payment',
  processing: 'Payment on its way',
  authorized: 'Reserved, not charged yet',
  paid: 'Paid',
  partially_refunded: 'Partly refunded',
  refunded: 'Refunded',
  disputed: 'Disputed',
  failed: 'Failed',
  expired: 'Expired',
};

/** The reasons for a refund that a customer may choose, with the text of the form: all but `fraudulent`. */
export const CUSTOMER_REASON_LABELS = {
  requested_by_customer: 'I changed my mind',
  duplicate: 'I paid twice',
} as const satisfies Partial<Record<RefundReason, string>>;

/** A change of a payment's status, on the customer's receipt. */
export function historyLabel(from: PaymentStatus | null, to: PaymentStatus, cause: string): string {
  switch (to) {
    case 'pending':
      return cause === 'not started here' ? 'Bought outside of this shop' : 'Purchase started';
    case 'processing':
      return 'Payment on its way';
    case 'authorized':
      return 'Amount reserved on your card';
    case 'paid':
      return from === null || !AFTER_PAYING.includes(from) ? 'Paid' : labelOfReturn(from);
    case 'partially_refunded':
      return from === 'disputed' ? labelOfReturn(from) : 'Partly refunded';
    case 'refunded':
      return 'Refunded';
    case 'disputed':
      return 'Disputed with your bank';
    case 'failed':
      return cause === 'checkout refused' ? 'Checkout could not be opened' : 'Payment failed';
    case 'expired':
      return 'Checkout ended before anything was paid';
  }
}

const AFTER_PAYING: PaymentStatus[] = ['partially_refunded', 'refunded', 'disputed'];

const labelOfReturn = (from: PaymentStatus) =>
  from === 'disputed' ? 'Dispute over: the payment stands' : 'A refund did not go through: paid again';

/** A refund's status on the customer's pages. */
const REFUND_LABELS: Record<RefundStatus, string> = {
  requested: 'requested',
  refused: 'not possible',
  pending: 'on its way',
  requires_action: 'waiting for you',
  succeeded: 'done',
  failed: 'failed',
  canceled: 'canceled',
};

/** Stripe's failure reasons of a refund that help a customer. Others are not shown. */
const REFUND_FAILURE_LABELS: Record<string, string> = {
  lost_or_stolen_card: 'the card was reported lost or stolen',
  expired_or_canceled_card: 'the card has expired or was cancelled',
  declined: 'your bank declined it',
  charge_for_pending_refund_disputed: 'you disputed the payment with your bank',
  charge_disputed: 'you disputed the payment with your bank',
  charge_already_refunded: 'it was refunded already',
};

/** A refund's status with the reason of a failure, such as `done` or `failed: the card has expired or was cancelled`. */
export function refundLabel(status: RefundStatus, failureReason: string | null): string {
  const hasEnded = status === 'failed' || status === 'refused' || status === 'canceled';
  const why = hasEnded ? REFUND_FAILURE_LABELS[failureReason ?? ''] : undefined;
  return why ? `${REFUND_LABELS[status]}: ${why}` : REFUND_LABELS[status];
}

/** What the sentence about a dispute is made of. The texts are formatted amounts. */
export interface DisputeLabelInput {
  status: DisputeStatus;
  /** Whether the bank has the disputed money, even where all of it had been refunded before. */
  isAway: boolean;
  /** The disputed amount, in the dispute's currency. */
  amountText: string;
  /** What the dispute takes of the payment besides refunds and other disputes, in the payment's currency. */
  takenText: string;
  /** The same in minor units. */
  taken: number;
  /** Whether the whole disputed amount is taken. */
  isTakenWhole: boolean;
}

/** A dispute as a sentence on the customer's pages. Its amounts add up with the refunds to what was paid. */
export function disputeLabel(dispute: DisputeLabelInput): string {
  const { status, taken, isAway, amountText, takenText, isTakenWhole } = dispute;
  const given = isTakenWhole ? amountText : takenText;
  switch (status) {
    case 'warning_needs_response':
    case 'warning_under_review':
      return taken > 0
        ? `Your bank has asked us about this payment, and holds ${given}.`
        : 'Your bank has asked us about this payment; no money has moved.';
    case 'warning_closed':
    case 'prevented':
    case 'charge_refunded':
      return taken > 0
        ? `Your bank asked about this payment, and gives ${given} back to you.`
        : 'Your bank asked about this payment, and has no more questions.';
    case 'needs_response':
    case 'under_review':
    case 'appeal_needs_response':
    case 'appeal_under_review':
      if (isTakenWhole) return `You disputed ${amountText} with your bank, which holds the money while it decides.`;
      if (taken > 0)
        return `You disputed ${amountText} with your bank, which holds ${takenText} of this payment while it decides.`;
      return `You disputed ${amountText} with your bank, which has not decided yet. ${isAway ? RETURNED : 'It holds no money.'}`;
    case 'lost':
      if (taken > 0) return `Your bank decided for you, and gives ${given} back to you.`;
      return `Your bank decided for you. ${isAway ? RETURNED : 'The money is with us again.'}`;
    case 'won':
      return taken > 0
        ? `Your bank decided that your payment of ${amountText} stands, and still holds ${given}.`
        : `Your bank decided that your payment of ${amountText} stands.`;
  }
}

const RETURNED = 'All of this payment was given back to you already.';

/** Stripe's decline codes that help a customer. Others are not shown. */
const DECLINE_LABELS: Record<string, string> = {
  insufficient_funds: 'not enough money on the account',
  expired_card: 'the card has expired',
  incorrect_cvc: 'the security code was wrong',
  debit_not_authorized: 'the bank debit was not allowed',
};

/** The sentence about a declined last attempt to pay; `undefined` where there was none, or the payment is paid. */
export function declineLabel(status: PaymentStatus, code: string | null): string | undefined {
  if (code === null || !NOT_PAID.includes(status)) return undefined;
  const why = DECLINE_LABELS[code];
  return `The last attempt to pay was declined${why ? `: ${why}` : ''}.`;
}

const NOT_PAID: PaymentStatus[] = ['pending', 'failed', 'expired'];
