import { type Phrase, phrase, type TextKey } from '../../http/texts/texts.js';
import type { DisputeStatus } from '../state/dispute-state.js';
import { amountStep } from '../state/money.js';
import type { PaymentStatus, RefundStatus } from '../state/payment-facts.js';
import type { RefundReason } from '../state/refund-state.js';

/** The reasons for a refund that a customer may choose: all but `fraudulent`. */
export const CUSTOMER_REASONS = ['requested_by_customer', 'duplicate'] as const satisfies RefundReason[];

/** A change of a payment's status, on the customer's receipt. */
export function historyLabel(from: PaymentStatus | null, to: PaymentStatus, cause: string): Phrase {
  return phrase(historyKey(from, to, cause));
}

function historyKey(from: PaymentStatus | null, to: PaymentStatus, cause: string): TextKey {
  switch (to) {
    case 'pending':
      return cause === 'not started here' ? 'history.outside' : 'history.started';
    case 'paid':
      return from === null || !AFTER_PAYING.includes(from) ? 'history.paid' : keyOfReturn(from);
    case 'partially_refunded':
      return from === 'disputed' ? keyOfReturn(from) : 'history.partially_refunded';
    case 'failed':
      return cause === 'checkout refused' ? 'history.notOpened' : 'history.failed';
    default:
      return `history.${to}`;
  }
}

const AFTER_PAYING: PaymentStatus[] = ['partially_refunded', 'refunded', 'disputed'];

const keyOfReturn = (from: PaymentStatus) => (from === 'disputed' ? 'history.disputeOver' : 'history.refundFailed');

/** Stripe's failure reasons of a refund that help a customer. Others are not shown. */
const REFUND_FAILURES: Readonly<Record<string, TextKey>> = {
  lost_or_stolen_card: 'refund.failure.lost_or_stolen_card',
  expired_or_canceled_card: 'refund.failure.expired_or_canceled_card',
  declined: 'refund.failure.declined',
  charge_for_pending_refund_disputed: 'refund.failure.disputed',
  charge_disputed: 'refund.failure.disputed',
  charge_already_refunded: 'refund.failure.charge_already_refunded',
};

/** The reason of a refund's failure; `undefined` where there is none that helps a customer. */
export function refundFailure(status: RefundStatus, failureReason: string | null): TextKey | undefined {
  const hasEnded = status === 'failed' || status === 'refused' || status === 'canceled';
  return hasEnded ? REFUND_FAILURES[failureReason ?? ''] : undefined;
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
export function disputeLabel({ amountText, takenText, isTakenWhole, ...dispute }: DisputeLabelInput): Phrase {
  const given = isTakenWhole ? amountText : takenText;
  return phrase(disputeKey({ ...dispute, isTakenWhole }), { amount: amountText, taken: takenText, given });
}

function disputeKey(dispute: Pick<DisputeLabelInput, 'status' | 'taken' | 'isAway' | 'isTakenWhole'>): TextKey {
  const { status, taken, isAway, isTakenWhole } = dispute;
  switch (status) {
    case 'warning_needs_response':
    case 'warning_under_review':
      return taken > 0 ? 'dispute.askedHolds' : 'dispute.asked';
    case 'warning_closed':
    case 'prevented':
    case 'charge_refunded':
      return taken > 0 ? 'dispute.closedGives' : 'dispute.closed';
    case 'needs_response':
    case 'under_review':
    case 'appeal_needs_response':
    case 'appeal_under_review':
      if (isTakenWhole) return 'dispute.openHolds';
      if (taken > 0) return 'dispute.openHoldsPart';
      return isAway ? 'dispute.openReturned' : 'dispute.open';
    case 'lost':
      if (taken > 0) return 'dispute.lostGives';
      return isAway ? 'dispute.lostReturned' : 'dispute.lost';
    case 'won':
      return taken > 0 ? 'dispute.wonHolds' : 'dispute.won';
  }
}

/** Stripe's decline codes that help a customer. Others are not shown. */
const DECLINES: Readonly<Record<string, TextKey>> = {
  insufficient_funds: 'decline.insufficient_funds',
  expired_card: 'decline.expired_card',
  incorrect_cvc: 'decline.incorrect_cvc',
  debit_not_authorized: 'decline.debit_not_authorized',
};

/** Why the last attempt to pay was declined. */
export interface Decline {
  /** `undefined` where Stripe's code does not help a customer. */
  why: TextKey | undefined;
}

/** The declined last attempt to pay; `undefined` where there was none, or the payment is paid. */
export const declineOf = (status: PaymentStatus, code: string | null): Decline | undefined =>
  code !== null && NOT_PAID.includes(status) ? { why: DECLINES[code] } : undefined;

const NOT_PAID: PaymentStatus[] = ['pending', 'failed', 'expired'];

/** The currency's rule for amounts; `undefined` where every hundredth is possible. */
export function ruleLabel(currency: string): Phrase | undefined {
  const step = amountStep(currency);
  return step ? phrase(step === '1' ? 'refund.rule.whole' : 'refund.rule.steps', { step }) : undefined;
}

/** The sentence about an order that was never paid, which has no receipt; `undefined` once it was paid. */
export function notPaidKey(status: PaymentStatus, unexplained: boolean): TextKey | undefined {
  switch (status) {
    case 'pending':
      return 'order.pending';
    case 'processing':
      return unexplained ? 'order.unexplained' : 'order.processing';
    case 'authorized':
      return 'order.authorized';
    case 'failed':
    case 'expired':
      return 'order.unpaid';
    case 'paid':
    case 'partially_refunded':
    case 'refunded':
    case 'disputed':
      return undefined;
  }
}
