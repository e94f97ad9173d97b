import { Injectable, Logger } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Env } from '../../config/env.js';
import { lockKeys } from '../../database/sql.js';
import { idOf } from '../../stripe/stripe-fields.js';
import type { CheckoutSession } from '../../stripe/stripe.types.js';
import { formatAmount } from '../state/money.js';
import type { FactSource } from '../state/payment-facts.js';
import { isOurs, paymentsOfSessions } from '../store/payment-owner.js';
import { type PaymentChange, PaymentStore, type PaymentUpdate } from '../store/payment-store.service.js';
import type { Payment } from '../store/payment.entity.js';
import { chargedBy, isExplained, paymentFromExternalSession } from './read-session.js';

/** A snapshot of a Checkout Session, and what brought it: its facts are to be stored. */
export interface CheckoutUpdate extends FactSource {
  session: CheckoutSession;
  /** Whether a delayed method failed: the session itself does not say so. Defaults to no. */
  paymentFailed?: boolean;
}

/** Stores the facts of Checkout Sessions. Webhook and success page both call it, in any order and any number of times. */
@Injectable()
export class CheckoutSync {
  private readonly logger = new Logger('Payments');

  constructor(
    private readonly env: Env,
    private readonly store: PaymentStore,
  ) {}

  /** Sessions of other apps are skipped. A session of this app that was not created here gets a new payment. */
  async add(tx: EntityManager, updates: readonly CheckoutUpdate[]): Promise<void> {
    const sessions = updates.map(({ session }) => session);
    await lockKeys(
      tx,
      sessions.flatMap((session) => idOf(session.payment_intent) ?? []),
    );
    const paymentOf = await paymentsOfSessions(tx, sessions, 'findToChange', this.env);
    const found: PaymentUpdate[] = [];
    const bySession = new Map<string, Payment>();
    const sessionOf = new Map<string, string>();
    for (const update of updates) {
      const { session, cause, at, actor } = update;
      const row = paymentOf(session);
      // Another session of the same batch may have taken the payment already.
      const isTaken = row && (sessionOf.get(row.id) ?? session.id) !== session.id;
      const payment = (isTaken ? undefined : row) ?? bySession.get(session.id) ?? (await this.open(tx, update));
      if (!payment) continue;
      sessionOf.set(payment.id, session.id);
      bySession.set(session.id, payment);
      const facts = factsOf(update, payment);
      if (facts.unexplainedAt && !payment.unexplainedAt) this.logUnexplained(payment, session);
      found.push({ payment, facts, cause, at, actor });
    }
    await this.store.add(tx, found);
  }

  private async open(tx: EntityManager, { session, at }: CheckoutUpdate): Promise<Payment | undefined> {
    if (!isOurs(session, this.env)) return undefined;
    const payment = await paymentFromExternalSession(tx, session, at);
    return payment && this.store.open(tx, payment, { cause: 'not started here', at: payment.createdAt });
  }

  private logUnexplained({ id, requestedAmount, requestedCurrency }: Payment, session: CheckoutSession): void {
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

/** The facts that a snapshot of a session adds to its payment. */
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
