import { allowRefunds, type DisputeFacts, takenBy, takenByAlone } from '../disputes/dispute-money.js';

/** What a payment is, to the customer and to the books. Derived from facts, never set. */
export type PaymentStatus =
  'pending' | 'processing' | 'paid' | 'partially_refunded' | 'refunded' | 'disputed' | 'failed' | 'expired';

/** Where the seller has the money, or a part of it. */
export const KEPT: readonly PaymentStatus[] = ['paid', 'partially_refunded'];

/**
 * What a refund is. Two are ours alone: `requested` is written down, its result at Stripe not known yet; `refused` was never
 * made. The others are Stripe's: https://docs.stripe.com/api/refunds/object#refund_object-status
 */
export type RefundStatus =
  'requested' | 'refused' | 'pending' | 'requires_action' | 'succeeded' | 'failed' | 'canceled';

/** What is known of a payment. Facts are only ever added, so their order does not matter. Amounts in minor units. */
export interface PaymentFacts {
  amount: number;
  /** ISO 4217, in lower case. */
  currency: string;
  /** The Checkout Session completed with a method that settles later. */
  processingAt: Date | null;
  settledAt: Date | null;
  failedAt: Date | null;
  expiredAt: Date | null;
}

export interface RefundFacts {
  amount: number;
  status: RefundStatus;
}

/** What is told of the money after it was taken, by Payment Intent: it may be known before the payment is. */
export interface MoneyFacts {
  refunds: readonly RefundFacts[];
  disputes: readonly DisputeFacts[];
  /** The highest sum of refunds that Stripe ever reported on the charge, minor units. */
  refundedHigh: number;
}

/** Nothing is told yet. */
export const NO_MONEY_FACTS: MoneyFacts = { refunds: [], disputes: [], refundedHigh: 0 };

/** What follows from the facts. */
export interface PaymentState {
  status: PaymentStatus;
  /** Returned, or on its way back. Minor units. */
  amountRefunded: number;
  /** What disputes took besides: a bank has it. Minor units; with what was refunded never more than the amount. */
  amountDisputed: number;
  /** What may still be refunded: neither returned, nor asked for, nor in dispute. Minor units. */
  refundable: number;
}

/** The one function that says what a payment is. */
export function derivePaymentState(payment: PaymentFacts, money: MoneyFacts = NO_MONEY_FACTS): PaymentState {
  const amountRefunded = Math.min(refundedAmount(money.refunds, money.refundedHigh), payment.amount);
  const paid = { ...payment, amountRefunded };
  const amountDisputed = disputedAmount(paid, money.disputes);
  const status = statusOf(paid, amountDisputed, money.disputes);
  return { status, amountRefunded, amountDisputed, refundable: refundableOf({ ...paid, status }, money) };
}

type PaidAmounts = Pick<PaymentFacts, 'amount' | 'currency'> & Pick<PaymentState, 'amountRefunded'>;

/** What may still be refunded: paid, and neither returned, nor asked for, nor in dispute. Minor units. */
export function refundableOf(
  payment: PaidAmounts & Pick<PaymentState, 'status'>,
  { refunds, disputes }: Pick<MoneyFacts, 'refunds' | 'disputes'>,
): number {
  if (!KEPT.includes(payment.status)) return 0;
  if (!allowRefunds(payment, disputes)) return 0;
  const requested = sum(refunds.filter((refund) => refund.status === 'requested'));
  return Math.max(payment.amount - payment.amountRefunded - disputedAmount(payment, disputes) - requested, 0);
}

const disputedAmount = (payment: PaidAmounts, disputes: readonly DisputeFacts[]): number =>
  takenBy(payment, disputes).reduce((total, taken) => total + taken, 0);

function statusOf(
  payment: PaymentFacts & Pick<PaymentState, 'amountRefunded'>,
  amountDisputed: number,
  disputes: readonly DisputeFacts[],
): PaymentStatus {
  if (payment.settledAt) {
    const isKept = payment.amountRefunded + amountDisputed < payment.amount;
    if (isKept) return payment.amountRefunded === 0 ? 'paid' : 'partially_refunded';
    if (disputes.some((dispute) => takenByAlone(payment, dispute) > 0)) return 'disputed';
    return payment.amountRefunded === 0 ? 'paid' : 'refunded';
  }
  if (payment.failedAt) return 'failed';
  if (payment.expiredAt) return 'expired';
  return payment.processingAt ? 'processing' : 'pending';
}

/**
 * The refunds we know of, or the charge's own sum where that says more: `charge.refunded` may come before the refund's
 * event. That sum still counts refunds that failed since, so they are taken off it.
 */
function refundedAmount(refunds: readonly RefundFacts[], chargeRefundedHigh: number): number {
  const made = refunds.filter(({ status }) => status !== 'requested' && status !== 'refused');
  const undone = sum(made.filter(isUndone));
  return Math.max(sum(made) - undone, chargeRefundedHigh - undone, 0);
}

/** Whether the money of a refund came back, or never left. */
const isUndone = ({ status }: RefundFacts) => status === 'failed' || status === 'canceled';

const sum = (refunds: readonly RefundFacts[]) => refunds.reduce((total, { amount }) => total + amount, 0);
