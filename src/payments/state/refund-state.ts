import type { RefundStatus } from './payment-facts.js';

/** The status of a refund, and since when it has it, by Stripe's clock. */
export interface RefundState {
  status: RefundStatus;
  statusAt: Date;
}

/**
 * How far along a refund is. A state is never replaced by one of lower rank, so the order of events does not matter. `failed`
 * ranks above `succeeded`: a bank may send the money back days later (https://docs.stripe.com/refunds#failed-refunds).
 */
const rank: Record<RefundStatus, number> = {
  requested: 0,
  refused: 0,
  pending: 1,
  requires_action: 1,
  succeeded: 2,
  canceled: 3,
  failed: 4,
};

/** Stripe goes back and forth between the statuses of this rank: the later one counts. */
const OPEN = rank.pending;

/**
 * The later of two states of one refund; the same result whichever was known first. An open refund keeps its latest time; one
 * that has ended keeps the earliest time at which Stripe reported the end.
 */
export function laterRefundState(known: RefundState, other: RefundState): RefundState {
  const ahead = rank[other.status] - rank[known.status];
  if (ahead !== 0) return ahead > 0 ? other : known;
  const newer = other.statusAt.getTime() - known.statusAt.getTime();
  if (rank[known.status] !== OPEN) return newer < 0 ? other : known;
  if (newer !== 0) return newer > 0 ? other : known;
  return other.status === 'pending' ? other : known; // within one second: `pending`, since it follows when the customer acts
}

/** Reads Stripe's status of a refund. A status that is not known here counts as `pending`. */
export function readRefundStatus(status: string | null | undefined): RefundStatus {
  return status && status in rank && rank[status as RefundStatus] > 0 ? (status as RefundStatus) : 'pending';
}

/** The reasons for a refund that Stripe accepts: https://docs.stripe.com/api/refunds/create */
export const REFUND_REASONS = ['requested_by_customer', 'duplicate', 'fraudulent'] as const;
export type RefundReason = (typeof REFUND_REASONS)[number];

export const isRefundReason = (text: string | null): text is RefundReason =>
  (REFUND_REASONS as readonly (string | null)[]).includes(text);
