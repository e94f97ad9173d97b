/**
 * Stripe's status of a dispute: https://docs.stripe.com/api/disputes/object#dispute_object-status. The `warning_*` ones are
 * inquiries; `charge_refunded` comes from older API versions. The status does not say whether money moved: see below.
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

/**
 * The facts of a dispute and its money. They are only added: the state keeps its latest snapshot, times their latest value and
 * sums their highest, so the order in which they come does not matter.
 */
export interface DisputeFacts extends DisputeState {
  /** When the money last left the balance at Stripe; `null` where that is not known. */
  withdrawnAt: Date | null;
  /** When it last came back, in whole or in part; `null` where that is not known. */
  reinstatedAt: Date | null;
  /** The currency of the two sums, which Stripe settles in. `null` where no balance transaction is known. */
  balanceCurrency: string | null;
  /** The sum that the balance transactions took out, without fees. Minor units of `balanceCurrency`. */
  withdrawnSum: number;
  /** The sum that they brought back. Minor units of `balanceCurrency`. */
  reinstatedSum: number;
}

/** The payment that is disputed. Amounts in minor units of `currency`. */
export interface DisputedPaymentFacts {
  amount: number;
  currency: string;
  amountRefunded: number;
}

/**
 * What each dispute takes of a payment, in the payment's minor units and in the order given. Refunds count first, and all disputes
 * together never take more than the rest: a bank may withdraw money that was refunded already.
 */
export function takenBy(payment: DisputedPaymentFacts, disputes: readonly DisputeFacts[]): number[] {
  let left = Math.max(payment.amount - payment.amountRefunded, 0);
  return disputes.map((dispute) => {
    const taken = Math.min(takenByAlone(payment, dispute), left);
    left -= taken;
    return taken;
  });
}

/**
 * Whether Stripe refunds what the disputes leave. It refuses every refund of a charge while a dispute that holds money says
 * `is_charge_refundable: false`. A dispute that holds none, such as an inquiry or one that was won, blocks no refund.
 */
export const allowRefunds = (payment: DisputedPaymentFacts, disputes: readonly DisputeFacts[]): boolean =>
  disputes.every((dispute) => dispute.isChargeRefundable !== false || takenByAlone(payment, dispute) === 0);

/**
 * What a dispute would take if nothing else had been refunded or disputed, in the payment's minor units. It may exceed the
 * payment, since exchange rates move.
 */
export function takenByAlone(payment: DisputedPaymentFacts, dispute: DisputeFacts): number {
  const { amount, currency, balanceCurrency, withdrawnSum, reinstatedSum, status } = dispute;
  const isSameCurrency = currency === payment.currency;
  const known = balanceCurrency === payment.currency ? withdrawnSum - reinstatedSum : 0;
  // A dispute in another currency cannot be converted, so it counts as the whole payment rather than too little.
  const whole = isSameCurrency ? amount : payment.amount;
  if (isAway(dispute)) return known > 0 ? Math.min(known, whole) : whole;
  // A lost dispute may still bring back what had been refunded before it.
  return reinstatedSum > 0 && status !== 'won' ? Math.min(Math.max(known, 0), whole) : 0;
}

/** Whether the bank has the disputed money, by the dispute's state and the last times at which money moved. */
function isAway(dispute: DisputeFacts): boolean {
  const { status, statusAt, withdrawnAt, reinstatedAt } = dispute;
  if (!withdrawnAt && !reinstatedAt) return withdrawsByDefault(dispute);
  if (!reinstatedAt) return status !== 'won'; // won money comes back, even if the event that says so was lost
  if (withdrawnAt && withdrawnAt > reinstatedAt) return true;
  return status === 'lost' && statusAt > reinstatedAt; // won first, then lost
}

/**
 * Whether a dispute of this state withdraws money where nothing is known of the money itself. A dispute withdraws it when it opens,
 * an inquiry does not. Of the disputes that a card network's programme prevented, a `resolution` returned the customer's money, a
 * `block` did not.
 */
export function withdrawsByDefault({ status, caseType }: Pick<DisputeState, 'status' | 'caseType'>): boolean {
  switch (status) {
    case 'warning_needs_response':
    case 'warning_under_review':
    case 'warning_closed':
    case 'charge_refunded': // the refund counts instead
    case 'won':
      return false;
    case 'prevented':
      return caseType === 'resolution';
    case 'needs_response':
    case 'under_review':
    case 'lost':
    case 'appeal_needs_response':
    case 'appeal_under_review':
      return true;
  }
}
