import { allowRefunds, type DisputeFacts, takenBy, takenByAlone } from './dispute-money.js';

/** What a payment is, to the customer and to the books. Derived from facts, never set. */
export type PaymentStatus =
  | 'pending'
  | 'processing'
  | 'authorized'
  | 'paid'
  | 'partially_refunded'
  | 'refunded'
  | 'disputed'
  | 'failed'
  | 'expired';

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
  /** What counts where nothing else is known: of rows from before these facts were kept. */
  amount: number;
  /** ISO 4217, in lower case. */
  currency: string;
  /** What was asked for here. */
  requestedAmount: number | null;
  requestedCurrency: string | null;
  /** What the completed Checkout Session says was charged. */
  chargedAmount: number | null;
  chargedCurrency: string | null;
  /** The session charged what nothing explains, and when an operator accepted it. */
  unexplainedAt: Date | null;
  acceptedAt: Date | null;
  /** The Checkout Session completed, and its money is not here yet: a delayed method, or an amount that is only reserved. */
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
  /** The amount was reserved and not taken: manual capture. */
  authorizedAt: Date | null;
  /** The money was taken, and how much of it: minor units. */
  capturedAt: Date | null;
  capturedAmount: number;
  /** The Payment Intent was canceled, or its authorization ran out. */
  canceledAt: Date | null;
}

/** Nothing is known yet. */
export const NO_MONEY_FACTS: MoneyFacts = {
  refunds: [],
  disputes: [],
  refundedHigh: 0,
  authorizedAt: null,
  capturedAt: null,
  capturedAmount: 0,
  canceledAt: null,
};

/** What follows from the facts. */
export interface PaymentState {
  status: PaymentStatus;
  /** What was captured, else charged, else asked for. Minor units of `currency`. */
  amount: number;
  currency: string;
  /** Returned, or on its way back. Minor units. */
  amountRefunded: number;
  /** What disputes took besides: a bank has it. Minor units; with what was refunded never more than the amount. */
  amountDisputed: number;
  /** What may still be refunded: neither returned, nor asked for, nor in dispute. Minor units. */
  refundable: number;
}

/** The one function that says what a payment is. */
export function derivePaymentState(payment: PaymentFacts, money: MoneyFacts = NO_MONEY_FACTS): PaymentState {
  const { amount, currency } = amountOf(payment, money);
  // What was never taken cannot be given back: Stripe calls the release of an authorization a refund, too.
  const isPaid = isSettled(payment, money);
  const refunded = isPaid ? refundedAmount(money.refunds, money.refundedHigh) : 0;
  const amountRefunded = Math.min(refunded, amount);
  const paid = { ...payment, amount, currency, amountRefunded };
  const amountDisputed = isPaid ? disputedAmount(paid, money.disputes) : 0;
  const status = statusOf(paid, amountDisputed, money);
  const refundable = refundableOf({ ...paid, status }, money);
  return { status, amount, currency, amountRefunded, amountDisputed, refundable };
}

/** Whether a payment of this status was ever paid. */
export const wasPaid = (status: PaymentStatus): boolean =>
  ['paid', 'partially_refunded', 'refunded', 'disputed'].includes(status);

/** Whether the session charged something that neither we nor Stripe can explain, and nobody has accepted it yet. */
export const isUnexplained = ({ unexplainedAt, acceptedAt }: Pick<PaymentFacts, 'unexplainedAt' | 'acceptedAt'>) =>
  unexplainedAt !== null && acceptedAt === null;

/** By its checkout; or, where that completed unpaid, by the money that was taken later: a capture, or a delayed method. */
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
  money: MoneyFacts,
): PaymentStatus {
  if (isSettled(payment, money)) {
    const isKept = payment.amountRefunded + amountDisputed < payment.amount;
    if (isKept) return payment.amountRefunded === 0 ? 'paid' : 'partially_refunded';
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
 * The refunds we know of, or the charge's own sum where that says more: `charge.refunded` may come before the refund's
 * event. That sum still counts refunds that failed since, so they are taken off it.
 */
function refundedAmount(refunds: readonly RefundFacts[], chargeRefundedHigh: number): number {
  const made = refunds.filter(({ status }) => status !== 'requested' && status !== 'refused');
  const undone = sum(made.filter(isUndone));
  return Math.max(sum(made) - undone, chargeRefundedHigh - undone, 0);
}

/** Whether the money of a refund came back, or never left. */
export const isUndone = ({ status }: Pick<RefundFacts, 'status'>) => status === 'failed' || status === 'canceled';

const sum = (refunds: readonly RefundFacts[]) => refunds.reduce((total, { amount }) => total + amount, 0);
