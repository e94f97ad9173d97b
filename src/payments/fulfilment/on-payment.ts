import { DiscoveryService } from '@nestjs/core';
import type { EntityManager } from 'typeorm';
import type { StatusTransition } from '../state/payment-status.js';
import type { Payment } from '../store/payment.entity.js';

/**
 * What was bought, and by whom. Amounts in minor units of `currency`. `kind` is `invoice` for each payment of a plan, with its
 * `invoiceId`; `quantity` counts things, or seats.
 */
export type Purchase = Readonly<
  Pick<
    Payment,
    | 'id'
    | 'userId'
    | 'email'
    | 'kind'
    | 'invoiceId'
    | 'priceKey'
    | 'description'
    | 'quantity'
    | 'amount'
    | 'amountRefunded'
    | 'currency'
    | 'checkoutSessionId'
    | 'paymentIntentId'
  >
>;

/** What a payment handler is given for a transition: the purchase, and the statuses before (`from`) and after (`to`). */
export type PaymentTransitionOf<K extends PaymentTransition> = Omit<
  Extract<StatusTransition, { transition: K }>,
  'transition'
> & {
  payment: Purchase;
  /** The event's id, the customer's action or the command. */
  cause: string;
};

export type PaymentTransition = StatusTransition['transition'];

/** The money is yours: paid, or yours again because a refund failed or a dispute was won. */
export type PaymentSettled = PaymentTransitionOf<'settled'>;

/** None of the money is yours any more: it was refunded, or a bank holds the rest for a dispute or decided against you. */
export type PaymentReversed = PaymentTransitionOf<'reversed'>;

/** Grants or revokes what was bought. Found by its `@OnPayment` decorator. */
export interface PaymentHandler<K extends PaymentTransition> {
  /**
   * Runs once for each transition, in the transaction that changes the payment's status: what it writes through `tx` is stored
   * with the change or not at all. Where it throws, the change is not stored and is tried again. No network calls here.
   */
  apply(transition: PaymentTransitionOf<K>, tx: EntityManager): Promise<void>;
}

/** The metadata by which handlers are found. Use `@OnPayment`, which checks the types. */
export const HandledTransitions = DiscoveryService.createDecorator<readonly PaymentTransition[]>();

interface HandlerOf<K extends PaymentTransition> {
  // A property, not a method: TypeScript compares methods loosely and would accept a handler of another transition.
  apply: (transition: PaymentTransitionOf<K>, tx: EntityManager) => Promise<void>;
}

/**
 * Marks a class as the handler of payments that are `settled`, `reversed` or both. List the class among the `providers` of its
 * module.
 */
export function OnPayment<K extends PaymentTransition>(...transitions: K[]) {
  return (target: new (...dependencies: never[]) => HandlerOf<K>): void => {
    HandledTransitions(transitions)(target);
  };
}
