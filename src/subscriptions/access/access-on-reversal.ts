import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import {
  OnPayment,
  type PaymentHandler,
  type PaymentTransition,
  type PaymentTransitionOf,
} from '../../payments/fulfilment/on-payment.js';
import { wasPaid } from '../../payments/state/payment-facts.js';
import { Table } from '../../database/table.js';
import { Clock } from '../../time/clock.js';
import { Invoice } from '../store/invoice.entity.js';
import { SubscriptionStore } from '../store/subscription-store.service.js';

const invoices = new Table(Invoice);

/** Derives access again when the payment of an invoice was refunded or disputed as a whole, or the money came back. */
@Injectable()
@OnPayment('settled', 'reversed')
export class AccessOnReversal implements PaymentHandler<PaymentTransition> {
  constructor(
    private readonly store: SubscriptionStore,
    private readonly clock: Clock,
  ) {}

  async apply({ payment, from, cause }: PaymentTransitionOf<PaymentTransition>, tx: EntityManager): Promise<void> {
    if (!wasPaid(from)) return; // paid for the first time: its invoice says so, too
    const invoice = await invoices.findOne(tx, { paymentId: payment.id });
    if (invoice?.subscriptionId)
      await this.store.add(tx, { id: invoice.subscriptionId, facts: {}, cause, at: this.clock.now() });
  }
}
