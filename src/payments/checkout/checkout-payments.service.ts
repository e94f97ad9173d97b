import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { normalizeEmail } from '../../auth/user.js';
import { lockKeys } from '../../database/sql.js';
import { Table } from '../../database/table.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import type { CheckoutSession } from '../../stripe/stripe.types.js';
import type { FactSource } from '../state/payment-facts.js';
import {
  type NewPaymentRow,
  NO_PAYMENT_FACTS,
  type PaymentChange,
  PaymentStore,
} from '../store/payment-store.service.js';
import { Payment } from '../store/payment.entity.js';
import { CheckoutSync } from './checkout-sync.service.js';
import { Clock } from '../../time/clock.js';

/** A purchase that is about to be paid for. `amount` in minor units of `currency`. */
export interface NewPayment {
  userId: string;
  email: string;
  /** Whether the login has verified that the address is the user's own. Defaults to no. */
  emailVerified?: boolean | undefined;
  description: string;
  /** The lookup key of the price. */
  priceKey: string;
  /** The id of the price at Stripe. */
  priceId?: string;
  /** Defaults to 1. */
  quantity?: number;
  /** For all of them. */
  amount: number;
  currency: string;
  /** The same in other currencies, minor units by currency: Stripe may charge any of them. */
  otherPrices?: Readonly<Record<string, number>> | undefined;
}

/** A payment whose Checkout Session may still be paid, as far as is known here. `amount` in minor units of `currency`. */
export interface OpenPayment
  extends
    Pick<Payment, 'id' | 'email' | 'amount' | 'currency' | 'priceId' | 'quantity'>,
    /** `null` where the session still has to be created, or another request is creating it. */
    Pick<Payment, 'checkoutSessionId'> {
  /** Whether its row was inserted by this call. */
  isNew: boolean;
  /** Whether the user has no other open payment of this price. */
  isOnly: boolean;
}

const payments = new Table(Payment);

/** Opens payments for checkouts and stores how these go on. The billing module's entry to payments. */
@Injectable()
export class CheckoutPayments {
  constructor(
    private readonly units: UnitOfWork,
    private readonly store: PaymentStore,
    private readonly checkouts: CheckoutSync,
    private readonly clock: Clock,
  ) {}

  /**
   * The user's open payment of this price, the oldest where there are several; a new one where there is none. Found or inserted in
   * one transaction: concurrent requests, here or in another instance, get the same payment.
   * @param closed ids of payments that the caller knows to be closed; they are skipped
   */
  findOrOpen(payment: NewPayment, closed: ReadonlySet<string> = new Set()): Promise<OpenPayment> {
    const { userId, priceKey } = payment;
    return this.units.run(async (tx) => {
      await lockKeys(tx, [`checkout of ${priceKey} by ${userId}`]);
      const pending = await payments.findToChange(tx, { userId, priceKey, status: 'pending' });
      const open = pending.filter(({ id }) => !closed.has(id)).toSorted((a, b) => +a.createdAt - +b.createdAt);
      const [oldest] = open;
      if (!oldest) return { ...(await this.insert(tx, payment)), isNew: true, isOnly: true };
      if (!oldest.checkoutSessionId) await payments.update(tx, { id: oldest.id }, { sessionAskedAt: this.clock.now() });
      return { ...oldest, isNew: false, isOnly: open.length === 1 };
    });
  }

  /** Stores the facts of a session that was just created or read. `cause` is for the payment's history. */
  async note(session: CheckoutSession, cause: string): Promise<void> {
    await this.units.run((tx) => this.checkouts.add(tx, [{ session, at: this.clock.now(), cause }]));
  }

  /** Ends a payment for which Stripe refused to create a Checkout Session. */
  markRefused(paymentId: string): Promise<void> {
    const at = this.clock.now();
    return this.end(paymentId, { failedAt: at }, { cause: 'checkout refused', at });
  }

  /** Ends a payment whose Checkout Session does not exist at Stripe, so that nobody can pay it. */
  markUnknown(paymentId: string): Promise<void> {
    const at = this.clock.now();
    return this.end(paymentId, { expiredAt: at }, { cause: 'not known at Stripe', at });
  }

  private end(id: string, facts: PaymentChange, source: FactSource): Promise<void> {
    return this.units.run(async (tx) => {
      const [payment] = await payments.findToChange(tx, { id });
      if (!payment) throw new Error(`There is no payment ${id} to end`);
      await this.store.add(tx, [{ payment, facts, ...source }]);
    });
  }

  private insert(tx: EntityManager, payment: NewPayment): Promise<Payment> {
    const row = newRow(payment, this.clock.now());
    return this.store.open(tx, row, { cause: 'checkout started', at: row.createdAt, actor: payment.userId });
  }
}

/** The row of a new payment, before any of its facts. */
const newRow = ({ emailVerified, otherPrices, ...payment }: NewPayment, createdAt: Date): NewPaymentRow => ({
  ...NO_PAYMENT_FACTS,
  ...payment,
  id: randomUUID(),
  email: normalizeEmail(payment.email),
  emailVerified: emailVerified ?? false,
  requestedAmount: payment.amount,
  requestedCurrency: payment.currency,
  otherPrices: otherPrices ? JSON.stringify(otherPrices) : null,
  createdAt,
});
