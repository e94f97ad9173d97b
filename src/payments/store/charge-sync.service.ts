import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Env } from '../../config/env.js';
import { lockKeys } from '../../database/sql.js';
import { Table } from '../../database/table.js';
import { idOf, identifierOf } from '../../stripe/stripe-fields.js';
import type { Charge, PaymentIntent } from '../../stripe/stripe.types.js';
import type { FactSource } from '../state/payment-facts.js';
import { type ChargeChange, chargeChangeOf, intentChangeOf, safeReceiptUrl } from './charge-change.js';
import { paymentIdOf } from './payment-owner.js';
import { PaymentStore } from './payment-store.service.js';
import { Payment } from './payment.entity.js';

const payments = new Table(Payment);

/** Stores the facts of charges, captures and declined attempts by Payment Intent. They may come in any order, any number of times. */
@Injectable()
export class ChargeSync {
  constructor(
    private readonly env: Env,
    private readonly store: PaymentStore,
  ) {}

  /** Stores what a charge says. One without a Payment Intent is skipped. */
  async add(tx: EntityManager, charge: Charge, source: FactSource): Promise<void> {
    const paymentIntentId = idOf(charge.payment_intent);
    if (!paymentIntentId) return; // a charge without one was not made by this app
    const receiptUrl = safeReceiptUrl(charge.receipt_url, Boolean(this.env.stripe?.apiBase)) ?? null;
    await this.keep(tx, paymentIntentId, { ...chargeChangeOf(charge, source.at), receiptUrl }, source);
  }

  /** Stores that a Payment Intent was authorized, captured or canceled. */
  async addIntent(tx: EntityManager, intent: PaymentIntent, source: FactSource): Promise<void> {
    await this.keep(tx, intent.id, intentChangeOf(intent, source.at), source);
  }

  /** Stores that an attempt to pay was declined. The payment stays open for another attempt while its checkout is open. */
  async addDecline(tx: EntityManager, intent: PaymentIntent, source: FactSource): Promise<void> {
    const error = intent.last_payment_error;
    const code = identifierOf(error?.decline_code) ?? identifierOf(error?.code) ?? 'unknown';
    await lockKeys(tx, [intent.id]);
    await tx.query(KEEP_DECLINE, [intent.id, source.at.getTime(), code]);
    const id = paymentIdOf({ metadata: intent.metadata, payment_link: null }, this.env);
    const [payment] = id ? await payments.findToChange(tx, { id }) : [];
    if (payment) await this.store.add(tx, [{ payment, facts: { paymentIntentId: intent.id }, ...source }]);
  }

  private async keep(tx: EntityManager, intent: string, change: ChargeChange, source: FactSource): Promise<void> {
    const { amount, chargeId, receiptUrl, refunded, authorizedAt, capturedAt, capturedAmount, canceledAt } = change;
    const movesMoney = refunded > 0 || authorizedAt || capturedAt || canceledAt;
    if (!movesMoney && !receiptUrl && !chargeId) return;
    const [authorized, captured, canceled] = [authorizedAt, capturedAt, canceledAt].map((at) => at?.getTime() ?? null);
    await lockKeys(tx, [intent]);
    const values = [intent, refunded, receiptUrl, authorized, captured, capturedAmount, canceled, chargeId, amount];
    await tx.query(KEEP_CHARGE, values);
    if (!movesMoney) return;
    const [payment] = await payments.findToChange(tx, { paymentIntentId: intent });
    if (payment) await this.store.refresh(tx, payment, source);
  }
}

const earliest = (column: string) => `
    ${column} = CASE WHEN charges.${column} IS NULL OR excluded.${column} < charges.${column}
                     THEN COALESCE(excluded.${column}, charges.${column}) ELSE charges.${column} END`;
const highest = (column: string) => `
    ${column} = CASE WHEN charges.${column} IS NULL OR excluded.${column} > charges.${column}
                     THEN COALESCE(excluded.${column}, charges.${column}) ELSE charges.${column} END`;

/** Each fact only grows: a lower refunded sum is older, or follows a failed refund, whose own event says so. */
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

/** The latest decline counts; of several within one second, the highest code, so that the order of events does not matter. */
const KEEP_DECLINE = `
  INSERT INTO charges (payment_intent_id, refunded_high, declined_at, decline_code) VALUES ($1, 0, $2, $3)
  ON CONFLICT (payment_intent_id) DO UPDATE SET
    declined_at = excluded.declined_at, decline_code = excluded.decline_code
  WHERE charges.declined_at IS NULL OR excluded.declined_at > charges.declined_at
     OR (excluded.declined_at = charges.declined_at AND excluded.decline_code > charges.decline_code)`;
