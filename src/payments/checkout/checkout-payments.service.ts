import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { normalizeEmail } from '../../auth/email.js';
import { lockKeys } from '../../database/sql.js';
import { Table } from '../../database/table.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import type { CheckoutSession } from '../../stripe/stripe.types.js';
import type { PaymentChange } from '../store/payment-row.js';
import { Payment } from '../store/payment.entity.js';
import { type FactSource, type NewPaymentRow, NO_PAYMENT_FACTS, PaymentStore } from '../store/payment-store.service.js';
import { CheckoutSync } from './checkout-sync.service.js';

/** What somebody is about to pay for. `amount` in minor units of `currency`. */
export interface NewPayment {
  userId: string;
  email: string;
  /** Whether the login has checked that the address is the user's own. Defaults to no. */
  emailVerified?: boolean | undefined;
  description: string;
  priceKey: string;
  /** The price at Stripe. */
  priceId?: string;
  amount: number;
  currency: string;
  /** The same price in other currencies, minor units by currency: Stripe may charge any of them. */
  otherPrices?: Readonly<Record<string, number>> | undefined;
}

/** A payment whose Checkout Session may still be paid, as far as is known here. */
export interface OpenPayment
  extends
    Pick<Payment, 'id' | 'email' | 'amount' | 'currency' | 'priceId'>,
    /** None: it is to be asked for, or a request is waiting for it. */
    Pick<Payment, 'checkoutSessionId'> {
  /** Written down just now. */
  isNew: boolean;
  /** The user has no other open payment of this price. */
  isOnly: boolean;
}

const payments = new Table(Payment);

/** What a checkout does to its payment; the way in for the billing module. */
@Injectable()
export class CheckoutPayments {
  constructor(
    private readonly units: UnitOfWork,
    private readonly ledger: PaymentStore,
    private readonly checkouts: CheckoutSync,
  ) {}

  /** Writes a payment down before Stripe is asked for its Checkout Session, whatever else is open. Gives its id. */
  async open(payment: NewPayment): Promise<string> {
    return (await this.units.run((tx) => this.insert(tx, payment))).id;
  }

  /**
   * The user's open payment of this price, the oldest where there are several; where there is none, one that is written down
   * now. Found or written in one unit: requests at the same moment, here or in another instance, get the same one.
   * @param besides payments that are known to be open no more
   */
  findOrOpen(payment: NewPayment, besides: ReadonlySet<string> = new Set()): Promise<OpenPayment> {
    const { userId, priceKey } = payment;
    return this.units.run(async (tx) => {
      await lockKeys(tx, [`checkout of ${priceKey} by ${userId}`]);
      const pending = await payments.findToChange(tx, { userId, priceKey, status: 'pending' });
      const open = pending.filter(({ id }) => !besides.has(id)).toSorted((a, b) => +a.createdAt - +b.createdAt);
      const [oldest] = open;
      if (!oldest) return { ...(await this.insert(tx, payment)), isNew: true, isOnly: true };
      if (!oldest.checkoutSessionId) await payments.update(tx, { id: oldest.id }, { sessionAskedAt: new Date() });
      return { ...oldest, isNew: false, isOnly: open.length === 1 };
    });
  }

  /** Stores what the session says now: just made, or looked up by the success page. */
  async note(session: CheckoutSession, cause: string): Promise<void> {
    await this.units.run((tx) => this.checkouts.add(tx, [{ session, at: new Date(), cause }]));
  }

  /** Stripe would not open a Checkout Session for it. */
  refuse(paymentId: string): Promise<void> {
    const at = new Date();
    return this.end(paymentId, { failedAt: at }, { cause: 'checkout refused', at });
  }

  /** Stripe does not know its Checkout Session: nobody can pay it. */
  lose(paymentId: string): Promise<void> {
    const at = new Date();
    return this.end(paymentId, { expiredAt: at }, { cause: 'not known at Stripe', at });
  }

  private end(id: string, facts: PaymentChange, source: FactSource): Promise<void> {
    return this.units.run(async (tx) => {
      const [payment] = await payments.findToChange(tx, { id });
      if (!payment) throw new Error(`There is no payment ${id} to end`);
      await this.ledger.add(tx, [{ payment, facts, ...source }]);
    });
  }

  private insert(tx: EntityManager, payment: NewPayment): Promise<Payment> {
    const row = newRow(payment);
    return this.ledger.open(tx, row, { cause: 'checkout started', at: row.createdAt, actor: payment.userId });
  }
}

/** A payment as it is before anything is known of it. */
const newRow = ({ emailVerified, otherPrices, ...payment }: NewPayment): NewPaymentRow => ({
  ...NO_PAYMENT_FACTS,
  ...payment,
  id: randomUUID(),
  email: normalizeEmail(payment.email),
  emailVerified: emailVerified ? 1 : 0,
  requestedAmount: payment.amount,
  requestedCurrency: payment.currency,
  otherPrices: otherPrices ? JSON.stringify(otherPrices) : null,
  createdAt: new Date(),
});
