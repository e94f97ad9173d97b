import type { RefundStatus } from '../ledger/payment-status.js';

/** What a customer reads about a refund of theirs. */
const REFUND_WORDS: Record<RefundStatus, string> = {
  requested: 'requested',
  refused: 'not possible',
  pending: 'on its way',
  requires_action: 'waiting for you',
  succeeded: 'done',
  failed: 'failed',
  canceled: 'canceled',
};

/** Stripe's words for why a refund did not go through, of those that tell a customer something. */
const REASON_WORDS: Record<string, string> = {
  lost_or_stolen_card: 'the card was reported lost or stolen',
  expired_or_canceled_card: 'the card has expired or was cancelled',
  declined: 'your bank declined it',
  charge_for_pending_refund_disputed: 'you disputed the payment with your bank',
  charge_disputed: 'you disputed the payment with your bank',
  charge_already_refunded: 'it was refunded already',
};

/** Such as `done`, or `failed: the card has expired or was cancelled`. */
export function refundWords(status: RefundStatus, failureReason: string | null): string {
  const isNoMore = status === 'failed' || status === 'refused' || status === 'canceled';
  const why = isNoMore ? REASON_WORDS[failureReason ?? ''] : undefined;
  return why ? `${REFUND_WORDS[status]}: ${why}` : REFUND_WORDS[status];
}
