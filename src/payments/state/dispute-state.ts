/**
 * Stripe's status of a dispute: https://docs.stripe.com/api/disputes/object#dispute_object-status. The `warning_*` ones are
 * inquiries; `charge_refunded` comes from older API versions. The status does not say whether money moved: see
 * `dispute-money.ts`.
 */
export type DisputeStatus =
  | 'warning_needs_response'
  | 'warning_under_review'
  | 'warning_closed'
  | 'needs_response'
  | 'under_review'
  | 'prevented'
  | 'charge_refunded'
  | 'lost'
  | 'appeal_needs_response'
  | 'appeal_under_review'
  | 'won';

/**
 * How far along a dispute is. A state is never replaced by one of lower rank, so the order of events does not matter. Times alone
 * could not decide: Stripe's have whole seconds, and many events of a dispute share one.
 */
const rank: Record<DisputeStatus, number> = {
  warning_needs_response: 0,
  warning_under_review: 1,
  warning_closed: 2,
  needs_response: 3,
  under_review: 4,
  prevented: 5,
  charge_refunded: 6,
  lost: 7,
  appeal_needs_response: 8,
  appeal_under_review: 9,
  won: 10,
};

/** One snapshot of a dispute. `amount` in minor units of `currency`. */
export interface DisputeState {
  status: DisputeStatus;
  /** The time of the snapshot by Stripe's clock, in whole seconds. */
  statusAt: Date;
  amount: number;
  /** ISO 4217, in lower case; not always the payment's currency. */
  currency: string;
  /** Stripe's word, such as `fraudulent`. */
  reason: string;
  /** Stripe's word for a card's kind of dispute, such as `chargeback` or `resolution`. */
  caseType: string | null;
  /** Whether Stripe still refunds the charge; `null` where it does not say. */
  isChargeRefundable: boolean | null;
}

/** The later of two snapshots of one dispute; the same result whichever was known first. */
export const laterDisputeState = (known: DisputeState, other: DisputeState): DisputeState =>
  compare(other, known) > 0 ? other : known;

/**
 * By rank, except between outcomes: a bank may change its decision (won to lost; lost, appealed and lost again), so there the time
 * decides first, and the rank only within one second. The remaining comparisons only make the order total.
 */
function compare(a: DisputeState, b: DisputeState): number {
  const byMoment = isDecided(a.status) && isDecided(b.status) ? a.statusAt.getTime() - b.statusAt.getTime() : 0;
  return (
    byMoment ||
    rank[a.status] - rank[b.status] ||
    a.statusAt.getTime() - b.statusAt.getTime() ||
    a.amount - b.amount ||
    compareTexts(detailsOf(a), detailsOf(b))
  );
}

const isDecided = (status: DisputeStatus) => rank[status] >= rank.prevented;

const detailsOf = ({ currency, reason, caseType, isChargeRefundable }: DisputeState) =>
  JSON.stringify([currency, reason, caseType, isChargeRefundable]);

const compareTexts = (a: string, b: string) => (a === b ? 0 : a > b ? 1 : -1);

/** Whether the seller can still submit evidence, until the deadline. */
export const awaitsEvidence = (status: DisputeStatus): boolean => status.endsWith('needs_response');

/** Reads Stripe's status of a dispute. A status that is not known here counts as open, so that an operator looks at it. */
export const readDisputeStatus = (status: string): DisputeStatus =>
  Object.hasOwn(rank, status) ? (status as DisputeStatus) : 'needs_response';
