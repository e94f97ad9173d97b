import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import type { EntityManager } from 'typeorm';
import { HandlerFailedError } from '../../webhook/handler-errors.js';
import { findHandlers, type NamedHandler } from '../../webhook/handler-registry.js';
import { transitionOf } from '../state/payment-status.js';
import { PaymentStore, type UpdatedPayment } from '../store/payment-store.service.js';
import type { Payment } from '../store/payment.entity.js';
import { HandledTransitions, type PaymentHandler, type PaymentTransition, type Purchase } from './on-payment.js';

/** A payment handler threw: the change of status was not stored, and is tried again with whatever caused it. */
export class FulfilmentError extends HandlerFailedError {
  constructor(
    handler: string,
    readonly paymentId: string,
    cause: unknown,
  ) {
    super(handler, `payment ${paymentId}`, cause);
  }
}

/** Runs the app's payment handlers (`@OnPayment`) when a payment is settled or reversed. */
@Injectable()
export class Fulfilment implements OnModuleInit {
  private handlers: ReadonlyMap<PaymentTransition, readonly NamedHandler<PaymentHandler<PaymentTransition>>[]> =
    new Map();

  constructor(
    private readonly discovery: DiscoveryService,
    store: PaymentStore,
  ) {
    store.onStatusChange((tx, changed) => this.run(tx, changed));
  }

  /** @throws DuplicateHandlerError */
  onModuleInit(): void {
    this.handlers = findHandlers(this.discovery, HandledTransitions, 'payment handler');
  }

  /** Runs the handlers of these changes, one after the other. Throws FulfilmentError where one throws. */
  private async run(tx: EntityManager, changed: readonly UpdatedPayment[]): Promise<void> {
    for (const { before, after, cause } of changed) {
      const change = transitionOf(before.status, after.status);
      if (!change) continue;
      const { transition, ...statuses } = change;
      const given = { ...statuses, payment: purchaseOf(after), cause };
      for (const { name, handler } of this.handlers.get(transition) ?? [])
        await handler.apply(given, tx).catch((error: unknown) => {
          throw new FulfilmentError(name, after.id, error);
        });
    }
  }
}

const purchaseOf = (payment: Payment): Purchase => ({
  id: payment.id,
  userId: payment.userId,
  email: payment.email,
  kind: payment.kind,
  invoiceId: payment.invoiceId,
  priceKey: payment.priceKey,
  description: payment.description,
  quantity: payment.quantity,
  amount: payment.amount,
  amountRefunded: payment.amountRefunded,
  currency: payment.currency,
  checkoutSessionId: payment.checkoutSessionId,
  paymentIntentId: payment.paymentIntentId,
});
