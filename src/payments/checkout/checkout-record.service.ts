import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Env } from '../../config/env.js';
import { inTurn } from '../../database/in-turn.js';
import { idOf } from '../../stripe/id-of.js';
import type { CheckoutSession } from '../../stripe/stripe.types.js';
import type { PaymentChange } from '../ledger/payment-change.js';
import type { Payment } from '../ledger/payment.entity.js';
import { PaymentLedger, type PaymentNews } from '../ledger/payment-ledger.service.js';
import { paymentsOfSessions } from './payments-of-sessions.js';
import { isOurs, unaskedPayment } from './unasked-payment.js';

/** What tells of a Checkout Session, and when it happened by Stripe's clock. */
export interface CheckoutNews {
  session: CheckoutSession;
  at: Date;
  /** The event's id, or what the customer did. */
  cause: string;
  /** A delayed method did not go through; the session itself does not say so. */
  paymentFailed?: boolean;
}

/** Turns what Checkout Sessions say into facts. Webhook and success page both come here, in any order, any number of times. */
@Injectable()
export class CheckoutRecord {
  constructor(
    private readonly env: Env,
    private readonly ledger: PaymentLedger,
  ) {}

  /** Sessions that are not of this app are passed over; one that was never asked for here gets a payment of its own. */
  async add(tx: EntityManager, news: readonly CheckoutNews[]): Promise<void> {
    await inTurn(
      tx,
      news.flatMap(({ session }) => idOf(session.payment_intent) ?? []),
    );
    const found = await paymentsOfSessions(
      tx,
      news.map(({ session }) => session),
      'findToChange',
    );
    const known: PaymentNews[] = [];
    const opened = new Map<string, Payment>();
    for (const one of news) {
      const { session, cause } = one;
      const payment = found(session) ?? opened.get(session.id) ?? (await this.open(tx, session));
      if (!payment) continue;
      opened.set(session.id, payment);
      known.push({ payment, facts: factsOf(one), cause });
    }
    await this.ledger.add(tx, known);
  }

  private async open(tx: EntityManager, session: CheckoutSession): Promise<Payment | undefined> {
    if (!isOurs(session, this.env.appName)) return undefined;
    const payment = await unaskedPayment(tx, session);
    return payment && this.ledger.open(tx, payment, 'not started here');
  }
}

/** What a session says, as facts of its payment. */
export function factsOf({ session, at, paymentFailed }: CheckoutNews): PaymentChange {
  const facts: PaymentChange = { checkoutSessionId: session.id };
  if (session.status === 'complete' && session.amount_total !== null && session.currency) {
    facts.amount = session.amount_total;
    facts.currency = session.currency;
  }
  const intent = session.payment_intent;
  if (intent) facts.paymentIntentId = idOf(intent) ?? null;
  if (paymentFailed) facts.failedAt = at;
  else if (session.status === 'expired') facts.expiredAt = at;
  else if (session.status === 'complete' && session.payment_status === 'unpaid') facts.processingAt = at;
  else if (session.status === 'complete') facts.settledAt = at; // paid, or nothing was to be paid
  return facts;
}
