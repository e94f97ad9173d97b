import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Env } from '../../config/env.js';
import { lockKeys } from '../../database/sql.js';
import { Table } from '../../database/table.js';
import { identifierOf, idOf } from '../../stripe/stripe-fields.js';
import type { Charge, PaymentIntent } from '../../stripe/stripe.types.js';
import type { FactSource } from '../state/payment-facts.js';
import { paymentIdOf } from './payment-owner.js';
import { PaymentStore } from './payment-store.service.js';
import { Payment } from './payment.entity.js';

/** The facts in one snapshot of a charge or a Payment Intent. Amounts in minor units. */
export interface ChargeChange {
  /** The sum of refunds so far. The release of an amount that was only reserved is not one. */
  refunded: number;
  receiptUrl: string | null;
  /** Stripe's `ch_…` or `py_…`. */
  chargeId: string | null;
  authorizedAt: Date | null;
  capturedAt: Date | null;
  capturedAmount: number | null;
  /** The amount that was reserved or charged at first. */
  amount: number | null;
  canceledAt: Date | null;
}

export const NO_CHARGE_CHANGE: ChargeChange = {
  refunded: 0,
  receiptUrl: null,
  chargeId: null,
  authorizedAt: null,
  capturedAt: null,
  capturedAmount: null,
  amount: null,
  canceledAt: null,
};

/**
 * Reads the facts in a charge as it was at `at`. Stripe reports a released authorization as refunded, fully or by the part that was
 * not captured (https://docs.stripe.com/payments/place-a-hold-on-a-payment-method). That part was never paid, so it is no refund.
 */
export function chargeChangeOf(charge: Charge, at: Date): ChargeChange {
  const change = {
    ...NO_CHARGE_CHANGE,
    receiptUrl: charge.receipt_url ?? null,
    amount: minorUnits(charge.amount) ?? null,
    chargeId: identifierOf(charge.id) ?? null,
  };
  if (charge.status === 'pending' || charge.status === 'failed') return change; // no money has moved
  const sum = minorUnits(charge.amount_refunded) ?? 0;
  if (charge.captured === false || charge.amount_captured === 0) {
    const isReleased = charge.refunded === true || sum > 0;
    return isReleased ? { ...change, canceledAt: at } : { ...change, ...authorization(charge, at) };
  }
  const captured = minorUnits(charge.amount_captured) ?? minorUnits(charge.amount) ?? 0;
  const released = Math.max((minorUnits(charge.amount) ?? captured) - captured, 0); // the rest of what was reserved
  return { ...change, ...capture(captured, at), refunded: Math.max(sum - released, 0) };
}

/** Reads the facts in a Payment Intent as it was at `at`. */
export function intentChangeOf(intent: PaymentIntent, at: Date): ChargeChange {
  switch (intent.status) {
    case 'requires_capture':
      return { ...NO_CHARGE_CHANGE, authorizedAt: intent.amount_capturable === 0 ? null : at };
    case 'succeeded':
      return {
        ...NO_CHARGE_CHANGE,
        amount: minorUnits(intent.amount) ?? null,
        capturedAt: at,
        capturedAmount: minorUnits(intent.amount_received) ?? null,
      };
    case 'canceled':
      return { ...NO_CHARGE_CHANGE, canceledAt: at };
    default:
      return NO_CHARGE_CHANGE;
  }
}

/** An amount in minor units; `undefined` where the event leaves it out or holds anything else in its place. */
const minorUnits = (value: unknown): number | undefined =>
  Number.isSafeInteger(value) && Number(value) >= 0 ? Number(value) : undefined;

/** A charge that waits for a delayed method is not captured either, but reserves nothing. */
const authorization = ({ captured, status }: Charge, at: Date): Partial<ChargeChange> =>
  captured === false && status === 'succeeded' ? { authorizedAt: at } : {};

const capture = (amount: number, at: Date): Partial<ChargeChange> =>
  amount > 0 ? { capturedAt: at, capturedAmount: amount } : {};

/**
 * The address of Stripe's receipt if it is safe to link: https, or http with a local Stripe. `undefined` for anything else, such as
 * `javascript:`.
 */
export function safeReceiptUrl(url: unknown, isLocalStripe = false): string | undefined {
  if (typeof url !== 'string' || !URL.canParse(url)) return undefined;
  const { protocol, username, password } = new URL(url);
  if (username || password) return undefined; // `https://stripe.com@elsewhere.example` hides its host
  return protocol === 'https:' || (protocol === 'http:' && isLocalStripe) ? url : undefined;
}

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
