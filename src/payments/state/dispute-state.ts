/**
 * What a dispute is, in Stripe's words: https://docs.stripe.com/api/disputes/object#dispute_object-status. The `warning_*`
 * ones are inquiries; `charge_refunded` is of older API versions. Whether money moved does not follow from the word:
 * see `dispute-money.ts`.
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
 * How far along a dispute is. A state never gives way to one of lower rank, whatever order events come in: `created` has
 * whole seconds, and many of a dispute's events share one.
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

/** What one snapshot of a dispute says. `amount` in minor units of `currency`. */
export interface DisputeState {
  status: DisputeStatus;
  /** When it was so, by Stripe's clock, to the second. */
  statusAt: Date;
  amount: number;
  /** ISO 4217, in lower case; not always the payment's own. */
  currency: string;
  /** Stripe's word, such as `fraudulent`. */
  reason: string;
  /** Stripe's word for a card's kind of dispute, such as `chargeback` or `resolution`. */
  caseType: string | null;
  /** Whether Stripe still refunds the charge; `null` where it does not say. */
  isChargeRefundable: boolean | null;
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
    compareTexts(detailsOf(a), detailsOf(b))
  );
}

const isDecided = (status: DisputeStatus) => rank[status] >= rank.prevented;

const detailsOf = ({ currency, reason, caseType, isChargeRefundable }: DisputeState) =>
  JSON.stringify([currency, reason, caseType, isChargeRefundable]);

const compareTexts = (a: string, b: string) => (a === b ? 0 : a > b ? 1 : -1);

/** Whether the seller can still send evidence, until the deadline. */
export const awaitsEvidence = (status: DisputeStatus): boolean => status.endsWith('needs_response');

/** Reads Stripe's word for a dispute's state; one that we do not know counts as open, so that somebody looks. */
export const readDisputeStatus = (status: string): DisputeStatus =>
  Object.hasOwn(rank, status) ? (status as DisputeStatus) : 'needs_response';
