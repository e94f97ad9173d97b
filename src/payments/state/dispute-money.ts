import type { DisputeState } from './dispute-state.js';

/**
 * What is known of a dispute and its money. Facts are only added: the state keeps its highest snapshot, moments their latest
 * value and sums their highest, so the order in which they come does not matter.
 */
export interface DisputeFacts extends DisputeState {
  /** When the money last left the balance at Stripe; `null` where that is not known. */
  withdrawnAt: Date | null;
  /** When it last came back, whole or in part. */
  reinstatedAt: Date | null;
  /** The currency of the two sums: the one that Stripe settles in. `null` where no balance transaction is known. */
  balanceCurrency: string | null;
  /** What the balance transactions took out in all, without fees. Minor units of `balanceCurrency`. */
  withdrawnSum: number;
  /** What they brought back. */
  reinstatedSum: number;
}

/** The payment that is disputed. `amount` in minor units of `currency`. */
export interface DisputedPaymentFacts {
  amount: number;
  currency: string;
  amountRefunded: number;
}

/**
 * What each dispute takes of a payment, in the payment's minor units, in the order given. What was refunded counts first, and
 * all together never take more than was paid: a bank may take money that was given back already.
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
 * Whether Stripe refunds what the disputes leave. It refuses every refund of a charge while a dispute has money of it and says
 * so in `is_charge_refundable`; a dispute without money, such as an inquiry or one that was won, holds nothing up.
 */
export const allowRefunds = (payment: DisputedPaymentFacts, disputes: readonly DisputeFacts[]): boolean =>
  disputes.every((dispute) => dispute.isChargeRefundable !== false || takenByAlone(payment, dispute) === 0);

/**
 * What a dispute takes as if nothing else had been taken, in the payment's minor units. May exceed the payment, since exchange
 * rates move.
 */
export function takenByAlone(payment: DisputedPaymentFacts, dispute: DisputeFacts): number {
  const { amount, currency, balanceCurrency, withdrawnSum, reinstatedSum, status } = dispute;
  const isSameCurrency = currency === payment.currency;
  const known = balanceCurrency === payment.currency ? withdrawnSum - reinstatedSum : 0;
  // How much of a payment a part in another currency is, we cannot know: better too much than money that is not there.
  const whole = isSameCurrency ? amount : payment.amount;
  if (isAway(dispute)) return known > 0 ? Math.min(known, whole) : whole;
  // A dispute that was lost may still bring back what had been refunded before it.
  return reinstatedSum > 0 && status !== 'won' ? Math.min(Math.max(known, 0), whole) : 0;
}

/** Whether the disputed money is not with the seller, by its state and the last moments. */
function isAway(dispute: DisputeFacts): boolean {
  const { status, statusAt, withdrawnAt, reinstatedAt } = dispute;
  if (!withdrawnAt && !reinstatedAt) return withdrawsByDefault(dispute);
  if (!reinstatedAt) return status !== 'won'; // what is won comes back, also where that event was lost
  if (withdrawnAt && withdrawnAt > reinstatedAt) return true;
  return status === 'lost' && statusAt > reinstatedAt; // won at first, and then lost after all
}

/**
 * Whether a dispute of this state takes money, where nothing is known of the money itself: one that is no inquiry withdraws it
 * when it opens. Of what a programme of the card networks prevented, `resolution` gave the customer's money back, `block` did not.
 */
export function withdrawsByDefault({ status, caseType }: Pick<DisputeState, 'status' | 'caseType'>): boolean {
  switch (status) {
    case 'warning_needs_response':
    case 'warning_under_review':
    case 'warning_closed':
    case 'charge_refunded': // counts as the refund that it was
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
