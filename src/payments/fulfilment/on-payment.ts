import type { EntityManager } from 'typeorm';
import type { Payment } from '../store/payment.entity.js';
import type { PaymentStatus } from '../state/payment-status.js';
import { DiscoveryService } from '@nestjs/core';

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

export type PaymentTransition = keyof Turns;
export type PaymentTransitionOf<K extends PaymentTransition> = Turns[K];

/** Grants or revokes what was bought. Found by its `@OnPayment` decorator. */
export interface PaymentHandler<K extends PaymentTransition> {
  /**
   * Runs in the transaction that changes the payment's status, once for each change: what it writes through `tx` is stored
   * with the change or not at all. Where it throws, the change is not stored either, and is tried again. No network.
   */
  apply(turn: PaymentTransitionOf<K>, tx: EntityManager): Promise<void>;
}

/** Marks a handler for the discovery; use `@OnPayment`, which checks the types. */
export const HandledTransitions = DiscoveryService.createDecorator<readonly PaymentTransition[]>();

interface HandlerOf<K extends PaymentTransition> {
  // A property, not a method: TypeScript would let one pass that expects another turn.
  apply: (turn: PaymentTransitionOf<K>, tx: EntityManager) => Promise<void>;
}

/**
 * Says whether a class acts on payments that are settled, that are reversed, or on both. List the class among the
 * `providers` of its module.
 */
export function OnPayment<K extends PaymentTransition>(...turns: K[]) {
  return (target: new (...dependencies: never[]) => HandlerOf<K>): void => {
    HandledTransitions(turns)(target);
  };
}
