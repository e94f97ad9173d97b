import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { inTurn } from '../../database/in-turn.js';
import { Table } from '../../database/table.js';
import { idOf } from '../../stripe/id-of.js';
import type { Charge, PaymentIntent } from '../../stripe/stripe.types.js';
import { Payment } from '../ledger/payment.entity.js';
import { PaymentLedger } from '../ledger/payment-ledger.service.js';

const payments = new Table(Payment);

/** Turns what Stripe says of charges and of attempts to pay into facts, kept by Payment Intent, in any order. */
@Injectable()
export class ChargeRecord {
  constructor(private readonly ledger: PaymentLedger) {}

  async add(tx: EntityManager, charge: Charge, cause: string): Promise<void> {
    const paymentIntentId = idOf(charge.payment_intent);
    if (!paymentIntentId) return; // a bare charge: nothing that this app makes
    await inTurn(tx, [paymentIntentId]);
    await tx.query(KEEP_CHARGE, [paymentIntentId, charge.amount_refunded, charge.receipt_url, charge.id ?? null]);
    if (charge.amount_refunded === 0) return;
    const [payment] = await payments.findToChange(tx, { paymentIntentId });
    if (payment) await this.ledger.refresh(tx, payment, cause);
  }

  /** An attempt to pay was declined. The payment waits for another one: its checkout tells how that ends. */
  async addDecline(tx: EntityManager, intent: PaymentIntent, at: Date, cause: string): Promise<void> {
    const code = intent.last_payment_error?.decline_code ?? intent.last_payment_error?.code ?? 'unknown';
    await inTurn(tx, [intent.id]);
    await tx.query(KEEP_DECLINE, [intent.id, at.getTime(), code]);
    const { payment_id: id } = intent.metadata;
    const [payment] = id ? await payments.findToChange(tx, { id }) : [];
    if (payment) await this.ledger.add(tx, [{ payment, facts: { paymentIntentId: intent.id }, cause }]);
  }
}

/** A lower sum is an older one, or one whose refund has failed since, which its refund tells. */
const KEEP_CHARGE = `
  INSERT INTO charges (payment_intent_id, refunded_high, receipt_url, charge_id) VALUES ($1, $2, $3, $4)
  ON CONFLICT (payment_intent_id) DO UPDATE SET
    refunded_high = CASE WHEN excluded.refunded_high > charges.refunded_high
                         THEN excluded.refunded_high ELSE charges.refunded_high END,
    receipt_url = COALESCE(charges.receipt_url, excluded.receipt_url),
    charge_id = CASE WHEN charges.charge_id IS NULL OR excluded.charge_id > charges.charge_id
                     THEN COALESCE(excluded.charge_id, charges.charge_id) ELSE charges.charge_id END`;

/** The last one counts; of several in one second, always the same one. */
const KEEP_DECLINE = `
  INSERT INTO charges (payment_intent_id, refunded_high, declined_at, decline_code) VALUES ($1, 0, $2, $3)
  ON CONFLICT (payment_intent_id) DO UPDATE SET
    declined_at = excluded.declined_at, decline_code = excluded.decline_code
  WHERE charges.declined_at IS NULL OR excluded.declined_at > charges.declined_at
     OR (excluded.declined_at = charges.declined_at AND excluded.decline_code > charges.decline_code)`;
