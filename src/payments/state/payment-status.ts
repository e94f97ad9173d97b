import { allowRefunds, type DisputeFacts, takenBy, takenByAlone } from './dispute-state.js';
import {
  isUndone,
  KEPT_STATUSES,
  type MoneyFacts,
  NO_MONEY_FACTS,
  type PaymentFacts,
  type PaymentStatus,
  type RefundFacts,
} from './payment-facts.js';

/** What follows from a payment's facts. Amounts in minor units of `currency`. */
export interface PaymentState {
  status: PaymentStatus;
  /** What was captured, else charged, else asked for. */
  amount: number;
  /** ISO 4217, in lower case. */
  currency: string;
  /** Returned to the customer, or on its way there. */
  amountRefunded: number;
  /** What disputes took of the rest. Together with `amountRefunded` never more than `amount`. */
  amountDisputed: number;
  /** What may still be refunded: not returned, not requested and not disputed. */
  refundable: number;
}

/** Derives what a payment is. The only function that does. */
export function derivePaymentState(payment: PaymentFacts, money: MoneyFacts = NO_MONEY_FACTS): PaymentState {
  const { amount, currency } = amountOf(payment, money);
  // Stripe also calls the release of an authorization a refund. Nothing was paid then, so nothing counts as refunded.
  const isPaid = isSettled(payment, money);
  const refunded = isPaid ? refundedAmount(money.refunds, money.refundedHigh) : 0;
  const amountRefunded = Math.min(refunded, amount);
  const paid = { ...payment, amount, currency, amountRefunded };
  const amountDisputed = isPaid ? disputedAmount(paid, money.disputes) : 0;
  const status = statusOf(paid, amountDisputed, money);
  const refundable = refundableOf({ ...paid, status }, money);
  return { status, amount, currency, amountRefunded, amountDisputed, refundable };
}

/** Whether the session charged an amount that nothing explains, and no operator has accepted it yet. */
export const isUnexplained = ({ unexplainedAt, acceptedAt }: Pick<PaymentFacts, 'unexplainedAt' | 'acceptedAt'>) =>
  unexplainedAt !== null && acceptedAt === null;

/** A change of status that gives the money to the seller, or takes all of it away. */
export type StatusTransition =
  | { transition: 'settled'; from: PaymentStatus; to: 'paid' | 'partially_refunded' }
  | { transition: 'reversed'; from: PaymentStatus; to: 'refunded' | 'disputed' };

/**
 * What a change of status means for what was bought; `undefined` where it changes nothing. For one payment, `settled` and
 * `reversed` always alternate, beginning with `settled`.
 */
export function transitionOf(from: PaymentStatus, to: PaymentStatus): StatusTransition | undefined {
  if (!isKept(from) && isKept(to)) return { transition: 'settled', from, to };
  if (isKept(from) && (to === 'refunded' || to === 'disputed')) return { transition: 'reversed', from, to };
  return undefined;
}

const isKept = (status: PaymentStatus): status is 'paid' | 'partially_refunded' => KEPT_STATUSES.includes(status);

/** Settled by its checkout; or, where that completed unpaid, by the money that was taken later: a capture or a delayed method. */
function isSettled(payment: PaymentFacts, money: MoneyFacts): boolean {
  if (isUnexplained(payment)) return false;
  const { processingAt, settledAt } = payment;
  const isCaptured = money.capturedAt !== null && processingAt !== null;
  return isCaptured || settledAt !== null;
}

function amountOf(payment: PaymentFacts, money: MoneyFacts): Pick<PaymentState, 'amount' | 'currency'> {
  const { requestedAmount, requestedCurrency, chargedAmount, chargedCurrency } = payment;
  if (chargedAmount !== null && chargedCurrency !== null && !isUnexplained(payment))
    return { amount: money.capturedAmount || chargedAmount, currency: chargedCurrency };
  if (requestedAmount !== null && requestedCurrency !== null)
    return { amount: requestedAmount, currency: requestedCurrency };
  return { amount: payment.amount, currency: payment.currency };
}

type PaidAmounts = Pick<PaymentFacts, 'amount' | 'currency'> & Pick<PaymentState, 'amountRefunded'>;

/** What may still be refunded, minor units: paid, and not returned, not requested, not disputed. 0 where Stripe refuses refunds. */
export function refundableOf(
  payment: PaidAmounts & Pick<PaymentState, 'status'>,
  { refunds, disputes }: Pick<MoneyFacts, 'refunds' | 'disputes'>,
): number {
  if (!KEPT_STATUSES.includes(payment.status)) return 0;
  if (!allowRefunds(payment, disputes)) return 0;
  const requested = sum(refunds.filter((refund) => refund.status === 'requested'));
  return Math.max(payment.amount - payment.amountRefunded - disputedAmount(payment, disputes) - requested, 0);
}

const disputedAmount = (payment: PaidAmounts, disputes: readonly DisputeFacts[]): number =>
  takenBy(payment, disputes).reduce((total, taken) => total + taken, 0);

function statusOf(
  payment: PaymentFacts & Pick<PaymentState, 'amountRefunded'>,
  amountDisputed: number,
  money: MoneyFacts,
): PaymentStatus {
  if (isSettled(payment, money)) {
    const hasMoneyLeft = payment.amountRefunded + amountDisputed < payment.amount;
    if (hasMoneyLeft) return payment.amountRefunded === 0 ? 'paid' : 'partially_refunded';
    if (money.disputes.some((dispute) => takenByAlone(payment, dispute) > 0)) return 'disputed';
    return payment.amountRefunded === 0 ? 'paid' : 'refunded';
  }
  const hasCheckedOut = payment.processingAt !== null || payment.settledAt !== null;
  if (payment.failedAt || (hasCheckedOut && money.canceledAt)) return 'failed';
  if (payment.expiredAt) return 'expired';
  if (!hasCheckedOut) return 'pending';
  return money.authorizedAt && !isUnexplained(payment) ? 'authorized' : 'processing';
}

/**
 * What was refunded, minor units: the sum of the known refunds, or the charge's own sum where that is higher, since
 * `charge.refunded` may come before the event of the refund. The charge's sum includes refunds that failed later: they are
 * subtracted.
 */
function refundedAmount(refunds: readonly RefundFacts[], chargeRefundedHigh: number): number {
  const made = refunds.filter(({ status }) => status !== 'requested' && status !== 'refused');
  const undone = sum(made.filter(isUndone));
  return Math.max(sum(made) - undone, chargeRefundedHigh - undone, 0);
}

const sum = (refunds: readonly RefundFacts[]) => refunds.reduce((total, { amount }) => total + amount, 0);
