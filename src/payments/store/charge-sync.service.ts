import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Env } from '../../config/env.js';
import { lockKeys } from '../../database/sql.js';
import { Table } from '../../database/table.js';
import { idOf, identifierOf } from '../../stripe/stripe-fields.js';
import type { Charge, PaymentIntent } from '../../stripe/stripe.types.js';
import { paymentIdOf } from './session-owner.js';
import { Payment } from './payment.entity.js';
import { type FactSource, PaymentStore } from './payment-store.service.js';
import { type ChargeChange, chargeChangeOf, intentChangeOf, safeReceiptUrl } from './charge-change.js';

const payments = new Table(Payment);

/** Turns what Stripe says of charges, captures and attempts to pay into facts, kept by Payment Intent, in any order. */
@Injectable()
export class ChargeSync {
  constructor(
    private readonly env: Env,
    private readonly ledger: PaymentStore,
  ) {}

  async add(tx: EntityManager, charge: Charge, source: FactSource): Promise<void> {
    const paymentIntentId = idOf(charge.payment_intent);
    if (!paymentIntentId) return; // a bare charge: nothing that this app makes
    const receiptUrl = safeReceiptUrl(charge.receipt_url, Boolean(this.env.stripe?.apiBase)) ?? null;
    await this.keep(tx, paymentIntentId, { ...chargeChangeOf(charge, source.at), receiptUrl }, source);
  }

  /** A Payment Intent was authorized, captured or canceled. */
  async addIntent(tx: EntityManager, intent: PaymentIntent, source: FactSource): Promise<void> {
    await this.keep(tx, intent.id, intentChangeOf(intent, source.at), source);
  }

  /** An attempt to pay was declined. The payment waits for another one: its checkout tells how that ends. */
  async addDecline(tx: EntityManager, intent: PaymentIntent, source: FactSource): Promise<void> {
    const error = intent.last_payment_error;
    const code = identifierOf(error?.decline_code) ?? identifierOf(error?.code) ?? 'unknown';
    await lockKeys(tx, [intent.id]);
    await tx.query(KEEP_DECLINE, [intent.id, source.at.getTime(), code]);
    const id = paymentIdOf({ metadata: intent.metadata, payment_link: null }, this.env);
    const [payment] = id ? await payments.findToChange(tx, { id }) : [];
    if (payment) await this.ledger.add(tx, [{ payment, facts: { paymentIntentId: intent.id }, ...source }]);
  }

  private async keep(tx: EntityManager, intent: string, change: ChargeChange, source: FactSource): Promise<void> {
    const { amount, chargeId, receiptUrl, refunded, authorizedAt, capturedAt, capturedAmount, canceledAt } = change;
    const tellsOfMoney = refunded > 0 || authorizedAt || capturedAt || canceledAt;
    if (!tellsOfMoney && !receiptUrl && !chargeId) return;
    const [authorized, captured, canceled] = [authorizedAt, capturedAt, canceledAt].map((at) => at?.getTime() ?? null);
    await lockKeys(tx, [intent]);
    const values = [intent, refunded, receiptUrl, authorized, captured, capturedAmount, canceled, chargeId, amount];
    await tx.query(KEEP_CHARGE, values);
    if (!tellsOfMoney) return;
    const [payment] = await payments.findToChange(tx, { paymentIntentId: intent });
    if (payment) await this.ledger.refresh(tx, payment, source);
  }
}

const earliest = (column: string) => `
    ${column} = CASE WHEN charges.${column} IS NULL OR excluded.${column} < charges.${column}
                     THEN COALESCE(excluded.${column}, charges.${column}) ELSE charges.${column} END`;
const highest = (column: string) => `
    ${column} = CASE WHEN charges.${column} IS NULL OR excluded.${column} > charges.${column}
                     THEN COALESCE(excluded.${column}, charges.${column}) ELSE charges.${column} END`;

/** Each fact only grows: a lower refunded sum is an older one, or one whose refund has failed since, which its refund says. */
const KEEP_CHARGE = `
  INSERT INTO charges (payment_intent_id, refunded_high, receipt_url, authorized_at, captured_at, captured_amount,
    canceled_at, charge_id, amount)
  VALUES ($1, $2, $3, CAST($4 AS bigint), CAST($5 AS bigint), CAST($6 AS bigint), CAST($7 AS bigint), $8, CAST($9 AS bigint))
  ON CONFLICT (payment_intent_id) DO UPDATE SET
    receipt_url = COALESCE(charges.receipt_url, excluded.receipt_url),
    ${[
      ...['refunded_high', 'captured_amount', 'charge_id', 'amount'].map(highest),
      ...['authorized_at', 'captured_at', 'canceled_at'].map(earliest),
    ].join()}`;

/** The last one counts; of several in one second, always the same one. */
const KEEP_DECLINE = `
  INSERT INTO charges (payment_intent_id, refunded_high, declined_at, decline_code) VALUES ($1, 0, $2, $3)
  ON CONFLICT (payment_intent_id) DO UPDATE SET
    declined_at = excluded.declined_at, decline_code = excluded.decline_code
  WHERE charges.declined_at IS NULL OR excluded.declined_at > charges.declined_at
     OR (excluded.declined_at = charges.declined_at AND excluded.decline_code > charges.decline_code)`;
