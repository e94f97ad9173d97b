import { Injectable, Logger } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Env } from '../../config/env.js';
import { lockKeys } from '../../database/sql.js';
import { idOf } from '../../stripe/stripe-fields.js';
import type { CheckoutSession } from '../../stripe/stripe.types.js';
import type { PaymentChange } from '../store/payment-row.js';
import type { Payment } from '../store/payment.entity.js';
import { type FactSource, PaymentStore, type PaymentUpdate } from '../store/payment-store.service.js';
import { formatAmount } from '../state/money.js';
import { chargedBy, isExplained } from './charged-amount.js';
import { paymentFromExternalSession } from './external-session.js';
import { paymentsOfSessions } from '../store/payments-of-sessions.js';
import { isOurs } from '../store/session-owner.js';

/** What says something of a Checkout Session, and when it happened by Stripe's clock. */
export interface CheckoutUpdate extends FactSource {
  session: CheckoutSession;
  /** A delayed method did not go through; the session itself does not say so. */
  paymentFailed?: boolean;
}

/** Turns what Checkout Sessions say into facts. Webhook and success page both come here, in any order, any number of times. */
@Injectable()
export class CheckoutSync {
  private readonly logger = new Logger('Payments');

  constructor(
    private readonly env: Env,
    private readonly ledger: PaymentStore,
  ) {}

  /** Sessions that are not of this app are passed over; one that was never asked for here gets a payment of its own. */
  async add(tx: EntityManager, news: readonly CheckoutUpdate[]): Promise<void> {
    await lockKeys(
      tx,
      news.flatMap(({ session }) => idOf(session.payment_intent) ?? []),
    );
    const found = await paymentsOfSessions(
      tx,
      news.map(({ session }) => session),
      'findToChange',
      this.env,
    );
    const known: PaymentUpdate[] = [];
    const opened = new Map<string, Payment>();
    const taken = new Map<string, string>();
    for (const one of news) {
      const { session, cause, at, actor } = one;
      const row = found(session);
      const isTaken = row && (taken.get(row.id) ?? session.id) !== session.id; // by another session, in this very group
      const payment = (isTaken ? undefined : row) ?? opened.get(session.id) ?? (await this.open(tx, one));
      if (!payment) continue;
      taken.set(payment.id, session.id);
      opened.set(session.id, payment);
      const facts = factsOf(one, payment);
      if (facts.unexplainedAt && !payment.unexplainedAt) this.warnOfUnexplained(payment, session);
      known.push({ payment, facts, cause, at, actor });
    }
    await this.ledger.add(tx, known);
  }

  private async open(tx: EntityManager, { session, at }: CheckoutUpdate): Promise<Payment | undefined> {
    if (!isOurs(session, this.env)) return undefined;
    const payment = await paymentFromExternalSession(tx, session, at);
    return payment && this.ledger.open(tx, payment, { cause: 'not started here', at: payment.createdAt });
  }

  private warnOfUnexplained({ id, requestedAmount, requestedCurrency }: Payment, session: CheckoutSession): void {
    const [asked, charged] = [
      formatAmount(requestedAmount ?? 0, requestedCurrency ?? ''),
      formatAmount(session.amount_total ?? 0, session.currency ?? ''),
    ];
    this.logger.error(
      `Payment ${id} was opened for ${asked}, and its Checkout Session charged ${charged}, which no discount, tax or shipping ` +
        `explains. It is not settled. Look at it in Stripe's Dashboard, refund it there if it is not wanted, then run: npm run cli -- payments accept ${id}`,
    );
  }
}

/** What a session says, as facts of its payment. */
export function factsOf({ session, at, paymentFailed }: CheckoutUpdate, payment: Payment): PaymentChange {
  const facts: PaymentChange = { checkoutSessionId: session.id };
  const isComplete = session.status === 'complete';
  const charged = isComplete ? chargedBy(session) : undefined;
  if (charged) {
    facts.chargedAmount = charged.amount;
    facts.chargedCurrency = charged.currency;
    if (!isExplained(session, payment)) facts.unexplainedAt = at;
  }
  const intent = idOf(session.payment_intent);
  if (intent) facts.paymentIntentId = intent;
  if (paymentFailed) facts.failedAt = at;
  else if (session.status === 'expired') facts.expiredAt = at;
  else if (isComplete && session.payment_status === 'unpaid') facts.processingAt = at;
  else if (isComplete) facts.settledAt = at; // paid, or nothing was to be paid
  return facts;
}
