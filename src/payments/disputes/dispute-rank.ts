/**
 * What a dispute is, in Stripe's words: https://docs.stripe.com/api/disputes/object#dispute_object-status. The `warning_*`
 * ones are inquiries, which move no money.
 */
export type DisputeStatus =
  | 'warning_needs_response'
  | 'warning_under_review'
  | 'warning_closed'
  | 'prevented'
  | 'needs_response'
  | 'under_review'
  | 'lost'
  | 'appeal_needs_response'
  | 'appeal_under_review'
  | 'won';

/**
 * How far along a dispute is. A state never gives way to one of lower rank, whatever order events come in: `created` has
 * whole seconds, and many of a dispute's events share one.
 */
const rank: Record<DisputeStatus, number> = {
  warning_needs_response: 0,
  warning_under_review: 1,
  warning_closed: 2,
  prevented: 3,
  needs_response: 4,
  under_review: 5,
  lost: 6,
  appeal_needs_response: 7,
  appeal_under_review: 8,
  won: 9,
};

/** What one snapshot of a dispute says. `amount` in minor units. */
export interface DisputeState {
  status: DisputeStatus;
  /** When it was so, by Stripe's clock, to the second. */
  statusAt: Date;
  amount: number;
  /** Stripe's word, such as `fraudulent`. */
  reason: string;
}

/** The later of two snapshots of one dispute, whichever was told first. */
export const laterDisputeState = (known: DisputeState, told: DisputeState): DisputeState =>
  compare(told, known) > 0 ? told : known;

/**
 * By rank, but for the outcomes: a bank may think again (won to lost, or lost, appealed and lost once more), so between
 * those the moment decides, and rank only within a second. The rest only makes the order total.
 */
function compare(a: DisputeState, b: DisputeState): number {
  const byMoment = isDecided(a.status) && isDecided(b.status) ? a.statusAt.getTime() - b.statusAt.getTime() : 0;
  return (
    byMoment ||
    rank[a.status] - rank[b.status] ||
    a.statusAt.getTime() - b.statusAt.getTime() ||
    a.amount - b.amount ||
    (a.reason === b.reason ? 0 : a.reason > b.reason ? 1 : -1)
  );
}

const isDecided = (status: DisputeStatus) => rank[status] >= rank.lost;

/** Whether the disputed money is not the seller's: while a bank decides, and when it was lost. */
export const takesMoney = (status: DisputeStatus): boolean => rank[status] >= rank.needs_response && status !== 'won';

/** Whether the seller can still send evidence, until the deadline. */
export const awaitsEvidence = (status: DisputeStatus): boolean => status.endsWith('needs_response');

/** Reads Stripe's word for a dispute's state; one that we do not know counts as open, so that somebody looks. */
export const readDisputeStatus = (status: string): DisputeStatus =>
  Object.hasOwn(rank, status) ? (status as DisputeStatus) : 'needs_response';
