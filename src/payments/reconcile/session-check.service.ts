import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { EntityManager, Repository } from 'typeorm';
import { Env } from '../../config/env.js';
import { Table } from '../../database/table.js';
import type { Charge, CheckoutSession, PaymentIntent } from '../../stripe/stripe.types.js';
import { ChargeFacts } from '../store/charge.entity.js';
import { chargeChangeOf, intentChangeOf, NO_CHARGE_CHANGE } from '../store/charge-change.js';
import { ChargeSync } from '../store/charge-sync.service.js';
import { type CheckoutUpdate, CheckoutSync, factsOf } from '../checkout/checkout-sync.service.js';
import { paymentsOfSessions } from '../store/payments-of-sessions.js';
import { isPayment } from '../checkout/external-session.js';
import { isOurs } from '../store/session-owner.js';
import type { PaymentChange } from '../store/payment-row.js';
import { Payment } from '../store/payment.entity.js';
import { PaymentStore } from '../store/payment-store.service.js';
import { type Check, type Difference, fieldsOf } from './check.js';

/** The session's Payment Intent, where it was read along. */
export const intentOf = ({ payment_intent: intent }: CheckoutSession): PaymentIntent | undefined =>
  typeof intent === 'object' && intent !== null ? intent : undefined;

/** The last charge, where it was read along. */
export function chargeOf(session: CheckoutSession): Charge | undefined {
  const charge = intentOf(session)?.latest_charge;
  return typeof charge === 'object' && charge !== null ? charge : undefined;
}

/** What a session that was looked up tells. It says when less exactly than events do. */
export const updateFromSession = (session: CheckoutSession): CheckoutUpdate => ({
  session,
  at: new Date(fromUnixSeconds(session) * 1_000),
  cause: 'reconcile',
  paymentFailed: hasFailed(session),
});

/** In seconds since 1970. */
function fromUnixSeconds(session: CheckoutSession): number {
  if (session.status === 'expired') return session.expires_at;
  return chargeOf(session)?.created ?? session.created;
}

/** The customer went through with it, and the delayed method did not: the session itself says `unpaid` for ever. */
function hasFailed(session: CheckoutSession): boolean {
  const ended = ['requires_payment_method', 'canceled'].includes(intentOf(session)?.status ?? '');
  return session.status === 'complete' && session.payment_status === 'unpaid' && ended;
}

const chargeRows = new Table(ChargeFacts);
const MOMENTS = ['processingAt', 'settledAt', 'failedAt', 'expiredAt', 'unexplainedAt'] as const;

/** Checkout Sessions, with what their Payment Intent and its charge tell. */
@Injectable()
export class SessionCheck implements Check<CheckoutSession> {
  readonly name = 'Checkout Sessions';

  constructor(
    private readonly env: Env,
    private readonly ledger: PaymentStore,
    private readonly checkouts: CheckoutSync,
    private readonly charges: ChargeSync,
    @InjectRepository(Payment) private readonly payments: Repository<Payment>,
  ) {}

  async compare(sessions: readonly CheckoutSession[]): Promise<Difference[]> {
    const reading = this.payments.manager;
    const found = await paymentsOfSessions(reading, sessions, 'find', this.env);
    const known = await this.chargesOf(reading, sessions);
    const differences: Difference[] = [];
    for (const session of sessions) {
      const payment = found(session);
      const told = { kind: 'checkout_session', id: session.id, says: wordsOf(session) } as const;
      if (payment) {
        const fields = [...(await this.fieldsOf(reading, payment, session)), ...chargeFields(known, session)];
        if (fields.length > 0) differences.push({ ...told, paymentId: payment.id, fields });
      } else if (isOurs(session, this.env) && isPayment(session))
        differences.push({ ...told, paymentId: null, fields: [] });
    }
    return differences;
  }

  async repair(tx: EntityManager, session: CheckoutSession): Promise<void> {
    const news = updateFromSession(session);
    const [intent, charge] = [intentOf(session), chargeOf(session)];
    await this.checkouts.add(tx, [news]);
    if (charge) await this.charges.add(tx, charge, news);
    if (intent && session.status === 'complete') await this.charges.addIntent(tx, intent, news);
    if (intent?.last_payment_error) await this.charges.addDecline(tx, intent, news);
  }

  /** A moment that is known already is not looked at: the events that told it know it better. */
  private async fieldsOf(reading: EntityManager, payment: Payment, session: CheckoutSession) {
    const news = updateFromSession(session);
    const facts: PaymentChange = factsOf(news, payment);
    for (const moment of MOMENTS) if (payment[moment]) delete facts[moment];
    const [outcome] = await this.ledger.outcomes(reading, [{ payment, facts, cause: 'reconcile', at: news.at }]);
    return outcome ? fieldsOf(outcome.before, outcome.after) : [];
  }

  private async chargesOf(reading: EntityManager, sessions: readonly CheckoutSession[]) {
    const intents = sessions.flatMap((session) => intentOf(session)?.id ?? []);
    const found = intents.length > 0 ? await chargeRows.find(reading, { paymentIntentId: intents }) : [];
    return new Map(found.map((charge) => [charge.paymentIntentId, charge]));
  }
}

/** The receipt, what was reserved, captured, released and refunded, and the last decline, where Stripe knows more than we do. */
function chargeFields(known: ReadonlyMap<string, ChargeFacts>, session: CheckoutSession) {
  const [intent, charge] = [intentOf(session), chargeOf(session)];
  const row = known.get(intent?.id ?? '');
  const error = intent?.last_payment_error;
  const { at } = updateFromSession(session);
  const ofCharge = charge ? chargeChangeOf(charge, at) : NO_CHARGE_CHANGE;
  const ofIntent = intent && session.status === 'complete' ? intentChangeOf(intent, at) : NO_CHARGE_CHANGE;
  const captured = Math.max(ofCharge.capturedAmount ?? 0, ofIntent.capturedAmount ?? 0);
  // Payments from before captures were kept have none: the session says the same of what was charged whole.
  const saysMore = session.payment_status !== 'paid' || captured !== session.amount_total;
  const here = {
    receiptUrl: row?.receiptUrl ?? null,
    refundedHigh: row?.refundedHigh ?? 0,
    declineCode: row?.declineCode ?? null,
    authorizedAt: row?.authorizedAt ?? null,
    capturedAmount: row?.capturedAmount ?? 0,
    canceledAt: row?.canceledAt ?? null,
  };
  return fieldsOf(here, {
    receiptUrl: here.receiptUrl ?? ofCharge.receiptUrl,
    refundedHigh: Math.max(here.refundedHigh, ofCharge.refunded),
    declineCode: here.declineCode ?? error?.decline_code ?? error?.code ?? null,
    authorizedAt: here.authorizedAt ?? ofCharge.authorizedAt ?? ofIntent.authorizedAt,
    capturedAmount: saysMore ? Math.max(here.capturedAmount, captured) : here.capturedAmount,
    canceledAt: here.canceledAt ?? ofCharge.canceledAt ?? ofIntent.canceledAt,
  });
}

const wordsOf = ({ status, payment_status: payment }: CheckoutSession) => [status, payment].join(', ');
