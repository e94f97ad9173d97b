import type { EntityManager } from 'typeorm';
import type { Payment } from '../ledger/payment.entity.js';
import type { PaymentStatus } from '../ledger/payment-status.js';

/** What was bought, and by whom. Amounts in minor units of `currency`. */
export type Purchase = Readonly<
  Pick<
    Payment,
    | 'id'
    | 'userId'
    | 'email'
    | 'priceKey'
    | 'description'
    | 'amount'
    | 'amountRefunded'
    | 'currency'
    | 'checkoutSessionId'
    | 'paymentIntentId'
  >
>;

/** The money is yours: paid, or yours again because a refund came back or a dispute was won. */
export interface PaymentSettled {
  payment: Purchase;
  from: PaymentStatus;
  to: 'paid' | 'partially_refunded';
  /** The event's id, the customer's action or the command. */
  cause: string;
}

/** Nothing of the money is yours any more: refunded, or a bank holds the rest for a dispute or has decided against you. */
export interface PaymentReversed {
  payment: Purchase;
  from: PaymentStatus;
  to: 'refunded' | 'disputed';
  cause: string;
}

interface Turns {
  settled: PaymentSettled;
  reversed: PaymentReversed;
}

export type PaymentTurn = keyof Turns;
export type PaymentTurnOf<K extends PaymentTurn> = Turns[K];

/** Grants or revokes what was bought. Found by its `@OnPayment` decorator. */
export interface PaymentHandler<K extends PaymentTurn> {
  /**
   * Runs in the transaction that changes the payment's status, once for each change: what it writes through `tx` is stored
   * with the change or not at all. Where it throws, the change is not stored either, and is tried again. No network.
   */
  apply(turn: PaymentTurnOf<K>, tx: EntityManager): Promise<void>;
}
