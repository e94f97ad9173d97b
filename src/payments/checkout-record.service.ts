import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Table } from '../database/table.js';
import type { CheckoutSession } from '../stripe/stripe.types.js';
import { type PaymentChange, PaymentLedger } from './payment-ledger.service.js';
import type { PaymentState } from './payment-status.js';
import { Payment } from './payment.entity.js';

/** What tells of a Checkout Session, and when it happened by Stripe's clock. */
export interface CheckoutNews {
  session: CheckoutSession;
  at: Date;
  /** The event's id, or what the customer did. */
  cause: string;
  /** A delayed method did not go through; the session itself does not say so. */
  paymentFailed?: boolean;
}

/** Turns what a Checkout Session says into facts. Webhook and success page both come here, in any order, any number of times. */
@Injectable()
export class CheckoutRecord {
  constructor(private readonly ledger: PaymentLedger) {}

  /** `undefined` where no payment of ours belongs to the session. */
  async add(tx: EntityManager, news: CheckoutNews): Promise<PaymentState | undefined> {
    const payment = await this.paymentOf(tx, news.session);
    return payment ? this.ledger.add(tx, payment, factsOf(news), news.cause) : undefined;
  }

  private async paymentOf(tx: EntityManager, session: CheckoutSession): Promise<Payment | undefined> {
    const known = await payments.findOne(tx, { checkoutSessionId: session.id });
    if (known || !session.client_reference_id) return known;
    // The app may have died between Stripe's answer and its own note of it.
    const asked = await payments.findOne(tx, { id: session.client_reference_id });
    return asked?.checkoutSessionId ? undefined : asked;
  }
}

const payments = new Table(Payment);

function factsOf({ session, at, paymentFailed }: CheckoutNews): PaymentChange {
  const facts: PaymentChange = { checkoutSessionId: session.id };
  if (session.status === 'complete' && session.amount_total !== null && session.currency) {
    facts.amount = session.amount_total;
    facts.currency = session.currency;
  }
  const intent = session.payment_intent;
  if (intent) facts.paymentIntentId = typeof intent === 'string' ? intent : intent.id;
  if (paymentFailed) facts.failedAt = at;
  else if (session.status === 'expired') facts.expiredAt = at;
  else if (session.status === 'complete' && session.payment_status === 'unpaid') facts.processingAt = at;
  else if (session.status === 'complete') facts.settledAt = at; // paid, or nothing was to be paid
  return facts;
}
