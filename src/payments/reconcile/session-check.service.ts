import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { EntityManager, Repository } from 'typeorm';
import { Env } from '../../config/env.js';
import { Table } from '../../database/table.js';
import type { CheckoutSession } from '../../stripe/stripe.types.js';
import { ChargeFacts } from '../charges/charge.entity.js';
import { ChargeRecord } from '../charges/charge-record.service.js';
import { CheckoutRecord, factsOf } from '../checkout/checkout-record.service.js';
import { paymentsOfSessions } from '../checkout/payments-of-sessions.js';
import { isOurs, isPayment } from '../checkout/unasked-payment.js';
import type { PaymentChange } from '../ledger/payment-change.js';
import { Payment } from '../ledger/payment.entity.js';
import { PaymentLedger } from '../ledger/payment-ledger.service.js';
import { type Check, type Difference, fieldsOf } from './check.js';
import { chargeOf, intentOf, newsOfSession } from './session-news.js';

const chargeRows = new Table(ChargeFacts);
const MOMENTS = ['processingAt', 'settledAt', 'failedAt', 'expiredAt'] as const;

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
    const found = await paymentsOfSessions(reading, sessions, 'find');
    const known = await this.chargesOf(reading, sessions);
    const differences: Difference[] = [];
    for (const session of sessions) {
      const payment = found(session);
      const told = { kind: 'checkout_session', id: session.id, says: wordsOf(session) } as const;
      if (payment) {
        const fields = [...(await this.fieldsOf(reading, payment, session)), ...chargeFields(known, session)];
        if (fields.length > 0) differences.push({ ...told, paymentId: payment.id, fields });
      } else if (isOurs(session, this.env.appName) && isPayment(session))
        differences.push({ ...told, paymentId: null, fields: [] });
    }
    return differences;
  }

  async repair(tx: EntityManager, session: CheckoutSession): Promise<void> {
    const news = newsOfSession(session);
    const [intent, charge] = [intentOf(session), chargeOf(session)];
    await this.checkouts.add(tx, [news]);
    if (charge) await this.charges.add(tx, charge, news.cause);
    if (intent?.last_payment_error) await this.charges.addDecline(tx, intent, news.at, news.cause);
  }

  /** A moment that is known already is not looked at: the events that told it know it better. */
  private async fieldsOf(reading: EntityManager, payment: Payment, session: CheckoutSession) {
    const facts: PaymentChange = factsOf(newsOfSession(session));
    for (const moment of MOMENTS) if (payment[moment]) delete facts[moment];
    const [outcome] = await this.ledger.outcomes(reading, [{ payment, facts, cause: 'reconcile' }]);
    return outcome ? fieldsOf(outcome.before, outcome.after) : [];
  }

  private async chargesOf(reading: EntityManager, sessions: readonly CheckoutSession[]) {
    const intents = sessions.flatMap((session) => intentOf(session)?.id ?? []);
    const found = intents.length > 0 ? await chargeRows.find(reading, { paymentIntentId: intents }) : [];
    return new Map(found.map((charge) => [charge.paymentIntentId, charge]));
  }
}

/** The receipt, the refunded sum and the last decline, where Stripe knows more than we do. */
function chargeFields(known: ReadonlyMap<string, ChargeFacts>, session: CheckoutSession) {
  const [intent, charge] = [intentOf(session), chargeOf(session)];
  const row = known.get(intent?.id ?? '');
  const error = intent?.last_payment_error;
  const here = {
    receiptUrl: row?.receiptUrl ?? null,
    refundedHigh: row?.refundedHigh ?? 0,
    declineCode: row?.declineCode ?? null,
  };
  return fieldsOf(here, {
    receiptUrl: here.receiptUrl ?? charge?.receipt_url ?? null,
    refundedHigh: Math.max(here.refundedHigh, charge?.amount_refunded ?? 0),
    declineCode: here.declineCode ?? error?.decline_code ?? error?.code ?? null,
  });
}

const wordsOf = ({ status, payment_status: payment }: CheckoutSession) => [status, payment].join(', ');
