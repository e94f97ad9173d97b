import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { normalizeEmail } from '../../auth/email.js';
import { Table } from '../../database/table.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import type { CheckoutSession } from '../../stripe/stripe.types.js';
import { Payment } from '../ledger/payment.entity.js';
import { type NewPaymentRow, PaymentLedger } from '../ledger/payment-ledger.service.js';
import { CheckoutRecord } from './checkout-record.service.js';

/** What somebody is about to pay for. `amount` in minor units of `currency`. */
export interface NewPayment {
  userId: string;
  email: string;
  /** Whether the login has checked that the address is the user's own. Defaults to no. */
  emailVerified?: boolean | undefined;
  description: string;
  priceKey: string;
  amount: number;
  currency: string;
  /** The same price in other currencies, minor units by currency: Stripe may charge any of them. */
  otherPrices?: Readonly<Record<string, number>> | undefined;
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
    const row = newRow(id, payment);
    const source = { cause: 'checkout started', at: row.createdAt, actor: payment.userId };
    await this.units.run((tx) => this.ledger.open(tx, row, source));
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
      const at = new Date();
      await this.ledger.add(tx, [{ payment, facts: { failedAt: at }, cause: 'checkout refused', at }]);
    });
  }
}

/** A payment as it is before anything is known of it. */
const newRow = (id: string, { emailVerified, otherPrices, ...payment }: NewPayment): NewPaymentRow => ({
  ...payment,
  id,
  email: normalizeEmail(payment.email),
  emailVerified: emailVerified ? 1 : 0,
  requestedAmount: payment.amount,
  requestedCurrency: payment.currency,
  otherPrices: otherPrices ? JSON.stringify(otherPrices) : null,
  chargedAmount: null,
  chargedCurrency: null,
  unexplainedAt: null,
  acceptedAt: null,
  processingAt: null,
  settledAt: null,
  failedAt: null,
  expiredAt: null,
  checkoutSessionId: null,
  paymentIntentId: null,
  createdAt: new Date(),
});
