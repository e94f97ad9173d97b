import type { RefundStatus } from '../ledger/payment-status.js';

/**
 * How far along a refund is. A state never gives way to one of lower rank, whatever order events come in. `failed` is
 * above `succeeded`: a bank may send the money back days later (https://docs.stripe.com/refunds#failed-refunds).
 */
const rank: Record<RefundStatus, number> = {
  requested: 0,
  refused: 0,
  pending: 1,
  requires_action: 2,
  succeeded: 3,
  canceled: 4,
  failed: 5,
};

/** The later of two states of one refund. */
export function laterRefundStatus(known: RefundStatus, told: RefundStatus): RefundStatus {
  return rank[told] > rank[known] ? told : known;
}

/** Reads Stripe's word for a refund's state; one that we do not know counts as on its way. */
export function readRefundStatus(status: string | null): RefundStatus {
  return status !== null && status in rank && rank[status as RefundStatus] > 0 ? (status as RefundStatus) : 'pending';
}
