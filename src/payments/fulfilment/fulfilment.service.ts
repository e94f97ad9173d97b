import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import type { EntityManager } from 'typeorm';
import type { Payment } from '../ledger/payment.entity.js';
import { DuplicatePaymentHandlerError, FulfilmentError } from './fulfilment.error.js';
import { HandledTurns } from './on-payment.decorator.js';
import type { PaymentHandler, PaymentTurn, Purchase } from './payment-handler.js';
import { turnOf } from './turn-of.js';

interface NamedHandler {
  name: string;
  handler: PaymentHandler<PaymentTurn>;
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
  private readonly handlers = new Map<PaymentTurn, NamedHandler[]>();

  constructor(private readonly discovery: DiscoveryService) {}

  /** @throws DuplicatePaymentHandlerError */
  onModuleInit(): void {
    const names = new Set<string>();
    for (const wrapper of this.discovery.getProviders()) {
      const turns = wrapper.metatype && this.discovery.getMetadataByDecorator(HandledTurns, wrapper);
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
      const change = turnOf(before.status, after.status);
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
