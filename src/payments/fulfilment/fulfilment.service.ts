import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import type { EntityManager } from 'typeorm';
import type { Payment } from '../store/payment.entity.js';
import { HandledTransitions, type PaymentHandler, type PaymentTransition, type Purchase } from './on-payment.js';
import { transitionOf } from '../state/payment-transition.js';
import { OperatorError } from '../../config/settings.error.js';

/** Two payment handlers share a name: one class listed twice would grant twice, and errors could not be told apart. */
export class DuplicatePaymentHandlerError extends OperatorError {
  constructor(readonly handlerName: string) {
    super(`Two payment handlers are called ${handlerName}: rename one of the classes, or list it in one module only`);
  }
}

/** A handler of a payment's turn threw: the change of status was not stored, and is tried again. */
export class FulfilmentError extends Error {
  constructor(
    readonly handler: string,
    readonly paymentId: string,
    override readonly cause: unknown,
  ) {
    super(`${handler} failed on payment ${paymentId}, which stays as it was until it goes through: ${String(cause)}`);
  }
}

interface NamedHandler {
  name: string;
  handler: PaymentHandler<PaymentTransition>;
}

/** A payment before and after a change of its status. */
interface Change {
  before: Payment;
  after: Payment;
  cause: string;
}

/** Tells the app's own handlers that a payment is settled, or reversed. */
@Injectable()
export class Fulfilment implements OnModuleInit {
  private readonly handlers = new Map<PaymentTransition, NamedHandler[]>();

  constructor(private readonly discovery: DiscoveryService) {}

  /** @throws DuplicatePaymentHandlerError */
  onModuleInit(): void {
    const names = new Set<string>();
    for (const wrapper of this.discovery.getProviders()) {
      const turns = wrapper.metatype && this.discovery.getMetadataByDecorator(HandledTransitions, wrapper);
      if (!turns) continue;
      if (names.has(wrapper.name)) throw new DuplicatePaymentHandlerError(wrapper.name);
      names.add(wrapper.name);
      const named = { name: wrapper.name, handler: wrapper.instance };
      for (const turn of turns) this.handlers.set(turn, [...(this.handlers.get(turn) ?? []), named]);
    }
  }

  /**
   * Runs the handlers of these changes, one after the other, in the transaction that stores them.
   * @throws FulfilmentError
   */
  async tell(tx: EntityManager, changes: readonly Change[]): Promise<void> {
    if (this.handlers.size === 0) return;
    for (const { before, after, cause } of changes) {
      const change = transitionOf(before.status, after.status);
      if (!change) continue;
      const told = { ...change, payment: purchaseOf(after), cause };
      for (const { name, handler } of this.handlers.get(change.turn) ?? [])
        await handler.apply(told, tx).catch((error: unknown) => {
          throw new FulfilmentError(name, after.id, error);
        });
    }
  }
}

const purchaseOf = (payment: Payment): Purchase => ({
  id: payment.id,
  userId: payment.userId,
  email: payment.email,
  priceKey: payment.priceKey,
  description: payment.description,
  amount: payment.amount,
  amountRefunded: payment.amountRefunded,
  currency: payment.currency,
  checkoutSessionId: payment.checkoutSessionId,
  paymentIntentId: payment.paymentIntentId,
});
