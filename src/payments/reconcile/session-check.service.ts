import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { EntityManager, Repository } from 'typeorm';
import { Env } from '../../config/env.js';
import { Table } from '../../database/table.js';
import type { Charge, CheckoutSession, PaymentIntent } from '../../stripe/stripe.types.js';
import { CheckoutSync, type CheckoutUpdate, factsOf } from '../checkout/checkout-sync.service.js';
import { isPayment } from '../checkout/read-session.js';
import { chargeChangeOf, ChargeSync, intentChangeOf, NO_CHARGE_CHANGE } from '../store/charge-sync.service.js';
import { ChargeFacts } from '../store/charge.entity.js';
import { isOurs, paymentsOfSessions } from '../store/payment-owner.js';
import { type PaymentChange, PaymentStore } from '../store/payment-store.service.js';
import { Payment } from '../store/payment.entity.js';
import { type Check, type Difference, fieldsOf } from './check.js';

const chargeRows = new Table(ChargeFacts);
const TIMES = ['processingAt', 'settledAt', 'failedAt', 'expiredAt', 'unexplainedAt'] as const;

/** Compares Checkout Sessions, each with its Payment Intent and the latest charge. */
@Injectable()
export class SessionCheck implements Check<CheckoutSession> {
  readonly name = 'Checkout Sessions';

  constructor(
    private readonly env: Env,
    private readonly store: PaymentStore,
    private readonly checkouts: CheckoutSync,
    private readonly charges: ChargeSync,
    @InjectRepository(Payment) private readonly payments: Repository<Payment>,
  ) {}

  async compare(sessions: readonly CheckoutSession[]): Promise<Difference[]> {
    const reading = this.payments.manager;
    const paymentOf = await paymentsOfSessions(reading, sessions, 'find', this.env);
    const charges = await this.chargesOf(reading, sessions);
    const differences: Difference[] = [];
    for (const session of sessions) {
      const payment = paymentOf(session);
      const found = { kind: 'checkout_session', id: session.id, says: statusTextOf(session) } as const;
      if (payment) {
        const fields = [...(await this.fieldsOf(reading, payment, session)), ...chargeFields(charges, session)];
        if (fields.length > 0) differences.push({ ...found, paymentId: payment.id, fields });
      } else if (isOurs(session, this.env) && isPayment(session))
        differences.push({ ...found, paymentId: null, fields: [] });
    }
    return differences;
  }

  async repair(tx: EntityManager, session: CheckoutSession): Promise<void> {
    const update = toCheckoutUpdate(session);
    const [intent, charge] = [intentOf(session), chargeOf(session)];
    await this.checkouts.add(tx, [update]);
    if (charge) await this.charges.add(tx, charge, update);
    if (intent && session.status === 'complete') await this.charges.addIntent(tx, intent, update);
    if (intent?.last_payment_error) await this.charges.addDecline(tx, intent, update);
  }

  /** Times that are known already are not compared: their events had the exact ones. */
  private async fieldsOf(reading: EntityManager, payment: Payment, session: CheckoutSession) {
    const update = toCheckoutUpdate(session);
    const facts: PaymentChange = factsOf(update, payment);
    for (const time of TIMES) if (payment[time]) delete facts[time];
    const [outcome] = await this.store.preview(reading, [{ payment, facts, cause: 'reconcile', at: update.at }]);
    return outcome ? fieldsOf(outcome.before, outcome.after) : [];
  }

  private async chargesOf(reading: EntityManager, sessions: readonly CheckoutSession[]) {
    const intents = sessions.flatMap((session) => intentOf(session)?.id ?? []);
    const found = intents.length > 0 ? await chargeRows.find(reading, { paymentIntentId: intents }) : [];
    return new Map(found.map((charge) => [charge.paymentIntentId, charge]));
  }
}

/** Compares the receipt, what was reserved, captured, released and refunded, and the last decline. */
function chargeFields(charges: ReadonlyMap<string, ChargeFacts>, session: CheckoutSession) {
  const [intent, charge] = [intentOf(session), chargeOf(session)];
  const row = charges.get(intent?.id ?? '');
  const error = intent?.last_payment_error;
  const { at } = toCheckoutUpdate(session);
  const ofCharge = charge ? chargeChangeOf(charge, at) : NO_CHARGE_CHANGE;
  const ofIntent = intent && session.status === 'complete' ? intentChangeOf(intent, at) : NO_CHARGE_CHANGE;
  const captured = Math.max(ofCharge.capturedAmount ?? 0, ofIntent.capturedAmount ?? 0);
  // Old payments have no captured amount. It adds nothing where it equals what the session charged.
  const isNew = session.payment_status !== 'paid' || captured !== session.amount_total;
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
    capturedAmount: isNew ? Math.max(here.capturedAmount, captured) : here.capturedAmount,
    canceledAt: here.canceledAt ?? ofCharge.canceledAt ?? ofIntent.canceledAt,
  });
}

/** The update that follows from a session as it is at Stripe now. Its time is less exact than those of events. */
const toCheckoutUpdate = (session: CheckoutSession): CheckoutUpdate => ({
  session,
  at: new Date(secondsOf(session) * 1_000),
  cause: 'reconcile',
  paymentFailed: hasFailed(session),
});

/** In seconds since 1970. */
function secondsOf(session: CheckoutSession): number {
  if (session.status === 'expired') return session.expires_at;
  return chargeOf(session)?.created ?? session.created;
}

/** Whether a delayed method failed after the checkout: the session itself stays `unpaid`. */
function hasFailed(session: CheckoutSession): boolean {
  const ended = ['requires_payment_method', 'canceled'].includes(intentOf(session)?.status ?? '');
  return session.status === 'complete' && session.payment_status === 'unpaid' && ended;
}

/** The session's Payment Intent, where it was expanded. */
const intentOf = ({ payment_intent: intent }: CheckoutSession): PaymentIntent | undefined =>
  typeof intent === 'object' && intent !== null ? intent : undefined;

/** The latest charge, where it was expanded. */
function chargeOf(session: CheckoutSession): Charge | undefined {
  const charge = intentOf(session)?.latest_charge;
  return typeof charge === 'object' && charge !== null ? charge : undefined;
}

const statusTextOf = ({ status, payment_status: payment }: CheckoutSession) => [status, payment].join(', ');
