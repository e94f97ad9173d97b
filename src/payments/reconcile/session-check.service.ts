import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { EntityManager, Repository } from 'typeorm';
import { Env } from '../../config/env.js';
import { Table } from '../../database/table.js';
import type { CheckoutSession } from '../../stripe/stripe.types.js';
import { ChargeFacts } from '../charges/charge.entity.js';
import { chargeChangeOf, intentChangeOf, NO_CHARGE_CHANGE } from '../charges/charge-change.js';
import { ChargeRecord } from '../charges/charge-record.service.js';
import { CheckoutRecord, factsOf } from '../checkout/checkout-record.service.js';
import { paymentsOfSessions } from '../checkout/payments-of-sessions.js';
import { isPayment } from '../checkout/external-session.js';
import { isOurs } from '../checkout/session-owner.js';
import type { PaymentChange } from '../ledger/payment-change.js';
import { Payment } from '../ledger/payment.entity.js';
import { PaymentLedger } from '../ledger/payment-ledger.service.js';
import { type Check, type Difference, fieldsOf } from './check.js';
import { chargeOf, intentOf, newsOfSession } from './session-news.js';

const chargeRows = new Table(ChargeFacts);
const MOMENTS = ['processingAt', 'settledAt', 'failedAt', 'expiredAt', 'unexplainedAt'] as const;

/** Checkout Sessions, with what their Payment Intent and its charge tell. */
@Injectable()
export class SessionCheck implements Check<CheckoutSession> {
  readonly name = 'Checkout Sessions';

  constructor(
    private readonly env: Env,
    private readonly ledger: PaymentLedger,
    private readonly checkouts: CheckoutRecord,
    private readonly charges: ChargeRecord,
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
    const news = newsOfSession(session);
    const [intent, charge] = [intentOf(session), chargeOf(session)];
    await this.checkouts.add(tx, [news]);
    if (charge) await this.charges.add(tx, charge, news);
    if (intent && session.status === 'complete') await this.charges.addIntent(tx, intent, news);
    if (intent?.last_payment_error) await this.charges.addDecline(tx, intent, news);
  }

  /** A moment that is known already is not looked at: the events that told it know it better. */
  private async fieldsOf(reading: EntityManager, payment: Payment, session: CheckoutSession) {
    const news = newsOfSession(session);
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
  const { at } = newsOfSession(session);
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
