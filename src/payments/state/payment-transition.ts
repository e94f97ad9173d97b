import type { PaymentStatus } from './payment-status.js';
import type { PaymentReversed, PaymentSettled } from '../fulfilment/on-payment.js';

/** A change of status that gives the money to the seller, or takes it away. */
export type Turn =
  | ({ turn: 'settled' } & Pick<PaymentSettled, 'from' | 'to'>)
  | ({ turn: 'reversed' } & Pick<PaymentReversed, 'from' | 'to'>);

/**
 * What a change of status means for what was bought; `undefined` where it stays as it is. Of one payment, settled and
 * reversed always take turns, beginning with settled.
 */
export function transitionOf(from: PaymentStatus, to: PaymentStatus): Turn | undefined {
  if (!isKept(from) && isKept(to)) return { turn: 'settled', from, to };
  if (isKept(from) && (to === 'refunded' || to === 'disputed')) return { turn: 'reversed', from, to };
  return undefined;
}

/** Whether the seller has the money, or a part of it. */
const isKept = (status: PaymentStatus) => status === 'paid' || status === 'partially_refunded';
