import type { RefundStatus } from './payment-status.js';

/** What a refund is, and since when by Stripe's clock. */
export interface RefundState {
  status: RefundStatus;
  statusAt: Date;
}

/**
 * How far along a refund is. A state never gives way to one of lower rank, whatever order events come in. `failed` is
 * above `succeeded`: a bank may send the money back days later (https://docs.stripe.com/refunds#failed-refunds).
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

/** Between these Stripe goes back and forth: the later one counts. */
const OPEN = rank.pending;

/**
 * The later of two states of one refund, the same whichever of the two was known first. An open refund has its latest state;
 * one that has ended has been so since the earliest time that Stripe said it.
 */
export function laterRefundState(known: RefundState, other: RefundState): RefundState {
  const ahead = rank[other.status] - rank[known.status];
  if (ahead !== 0) return ahead > 0 ? other : known;
  const newer = other.statusAt.getTime() - known.statusAt.getTime();
  if (rank[known.status] !== OPEN) return newer < 0 ? other : known;
  if (newer !== 0) return newer > 0 ? other : known;
  return other.status === 'pending' ? other : known; // of one second: customers who act make it pending
}

/** Reads Stripe's word for a refund's state; one that we do not know counts as on its way. */
export function readRefundStatus(status: string | null | undefined): RefundStatus {
  return status && status in rank && rank[status as RefundStatus] > 0 ? (status as RefundStatus) : 'pending';
}

/** Why money is given back, in the words that Stripe takes: https://docs.stripe.com/api/refunds/create */
export const REFUND_REASONS = ['requested_by_customer', 'duplicate', 'fraudulent'] as const;
export type RefundReason = (typeof REFUND_REASONS)[number];

/** What a customer may choose: nobody calls themselves a fraud. */
export const CUSTOMER_REASONS = {
  requested_by_customer: 'I changed my mind',
  duplicate: 'I paid twice',
} as const satisfies Partial<Record<RefundReason, string>>;

export const isRefundReason = (text: string | null): text is RefundReason =>
  (REFUND_REASONS as readonly (string | null)[]).includes(text);
