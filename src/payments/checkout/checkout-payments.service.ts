import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Table } from '../../database/table.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import type { CheckoutSession } from '../../stripe/stripe.types.js';
import { Payment } from '../ledger/payment.entity.js';
import { PaymentLedger } from '../ledger/payment-ledger.service.js';
import { CheckoutRecord } from './checkout-record.service.js';

/** What somebody is about to pay for. `amount` in minor units of `currency`. */
export interface NewPayment {
  userId: string;
  email: string;
  description: string;
  priceKey: string;
  amount: number;
  currency: string;
}

const payments = new Table(Payment);

/** What a checkout does to its payment; the way in for the billing module. */
@Injectable()
export class CheckoutPayments {
  constructor(
    private readonly units: UnitOfWork,
    private readonly ledger: PaymentLedger,
    private readonly checkouts: CheckoutRecord,
  ) {}

  /** Writes a payment down before Stripe is asked for its Checkout Session. Gives its id. */
  async open(payment: NewPayment): Promise<string> {
    const id = randomUUID();
    const facts = { processingAt: null, settledAt: null, failedAt: null, expiredAt: null };
    const row = { ...payment, ...facts, id, checkoutSessionId: null, paymentIntentId: null, createdAt: new Date() };
    await this.units.run((tx) => this.ledger.open(tx, row, 'checkout started'));
    return id;
  }

  /** Stores what the session says now: just made, or looked up by the success page. */
  async note(session: CheckoutSession, cause: string): Promise<void> {
    await this.units.run((tx) => this.checkouts.add(tx, [{ session, at: new Date(), cause }]));
  }

  /** Stripe would not open a Checkout Session for it. */
  async refuse(paymentId: string): Promise<void> {
    await this.units.run(async (tx) => {
      const [payment] = await payments.findToChange(tx, { id: paymentId });
      if (!payment) throw new Error(`There is no payment ${paymentId} to refuse`);
      await this.ledger.add(tx, [{ payment, facts: { failedAt: new Date() }, cause: 'checkout refused' }]);
    });
  }
}
