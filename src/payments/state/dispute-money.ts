import type { DisputeState } from './dispute-state.js';

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
