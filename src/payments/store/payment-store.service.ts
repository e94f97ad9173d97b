import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Table } from '../../database/table.js';
import type { FactSource } from '../state/payment-facts.js';
import { derivePaymentState, type PaymentState } from '../state/payment-status.js';
import { linkMoneyFacts, moneyFactsOf } from './money-facts.js';
import { addToHistory, Payment, type StatusChange } from './payment.entity.js';
import { Clock } from '../../time/clock.js';

/** The row of a new payment, before its state is derived. */
export type NewPaymentRow = Omit<Payment, 'status' | 'amountRefunded'>;

/** The columns of a payment of which nothing is known yet. */
export const NO_PAYMENT_FACTS = {
  kind: 'checkout',
  quantity: 1,
  invoiceId: null,
  invoiceNumber: null,
  requestedAmount: null,
  requestedCurrency: null,
  otherPrices: null,
  chargedAmount: null,
  chargedCurrency: null,
  unexplainedAt: null,
  acceptedAt: null,
  processingAt: null,
  settledAt: null,
  failedAt: null,
  expiredAt: null,
  checkoutSessionId: null,
  paymentIntentId: null,
  priceId: null,
  sessionAskedAt: null,
} as const satisfies Partial<NewPaymentRow>;

/** The facts that can be added to a payment: times, Stripe's ids and what was charged. */
export type PaymentChange = Partial<
  Pick<
    Payment,
    | 'checkoutSessionId'
    | 'paymentIntentId'
    | 'processingAt'
    | 'settledAt'
    | 'failedAt'
    | 'expiredAt'
    | 'chargedAmount'
    | 'chargedCurrency'
    | 'unexplainedAt'
    | 'acceptedAt'
  >
>;

/** Facts to add to a payment, and what brought them. */
export interface PaymentUpdate extends FactSource {
  payment: Payment;
  facts: PaymentChange;
}

/** A payment before and after facts were added, and what brought them. */
export interface UpdatedPayment extends FactSource {
  before: Payment;
  after: Payment;
}

/** A payment with more facts. A known fact is never removed, and a time keeps its earliest value. */
export const withFacts = (payment: Payment, facts: PaymentChange): Payment => ({
  ...payment,
  checkoutSessionId: payment.checkoutSessionId ?? facts.checkoutSessionId ?? null,
  paymentIntentId: payment.paymentIntentId ?? facts.paymentIntentId ?? null,
  processingAt: earliest(payment.processingAt, facts.processingAt),
  settledAt: earliest(payment.settledAt, facts.settledAt),
  failedAt: earliest(payment.failedAt, facts.failedAt),
  expiredAt: earliest(payment.expiredAt, facts.expiredAt),
  unexplainedAt: earliest(payment.unexplainedAt, facts.unexplainedAt),
  acceptedAt: earliest(payment.acceptedAt, facts.acceptedAt),
  // The same in every snapshot of a completed session.
  chargedAmount: facts.chargedAmount ?? payment.chargedAmount,
  chargedCurrency: facts.chargedCurrency ?? payment.chargedCurrency,
});

/** The earlier of two times; `null` where neither is known. */
export function earliest(known: Date | null, other: Date | null | undefined): Date | null {
  if (!known || !other) return known ?? other ?? null;
  return other < known ? other : known;
}

/** The properties in which two states of a row differ. */
export function changedKeys<Row extends object>(before: Row, after: Row): (keyof Row)[] {
  const keys = Object.keys(after) as (keyof Row)[];
  return keys.filter((key) => {
    const [a, b] = [before[key], after[key]];
    return a instanceof Date && b instanceof Date ? +a !== +b : a !== b;
  });
}

/** Called in the transaction that changes the status of these payments. Where it throws, nothing is stored. */
export type StatusListener = (tx: EntityManager, changed: readonly UpdatedPayment[]) => Promise<void>;

interface PaymentOutcome extends UpdatedPayment {
  /** Refunds and disputes of its Payment Intent were stored before the payment was known. */
  unlinked: boolean;
}

const payments = new Table(Payment);

/** The only place where a payment's row changes: facts are added, the status is derived from them, history is kept. */
@Injectable()
export class PaymentStore {
  private readonly listeners: StatusListener[] = [];

  constructor(private readonly clock: Clock) {}

  /** Adds a listener for changes of a status. */
  onStatusChange(listener: StatusListener): void {
    this.listeners.push(listener);
  }

  /** Inserts a new payment, before any of its facts, and begins its history. */
  async open(tx: EntityManager, payment: NewPaymentRow, source: FactSource): Promise<Payment> {
    const { status } = derivePaymentState(payment);
    const row = { ...payment, status, amountRefunded: 0 };
    await payments.insert(tx, row);
    const { cause, at, actor = null } = source;
    await addToHistory(tx, [{ paymentId: payment.id, from: null, to: status, cause, at, actor }], this.clock.now());
    return row;
  }

  /**
   * Adds facts to payments, in a few statements however many they are. A known fact is never removed: adding the same facts
   * twice changes nothing.
   */
  async add(tx: EntityManager, updates: readonly PaymentUpdate[]): Promise<void> {
    const changed: Payment[] = [];
    const properties = new Set<keyof Payment>();
    const withNewStatus: PaymentOutcome[] = [];
    for (const outcome of await this.outcomes(tx, updates)) {
      const { before, after, unlinked } = outcome;
      if (unlinked && after.paymentIntentId) await linkMoneyFacts(tx, after.id, after.paymentIntentId);
      const keys = changedKeys(before, after);
      if (keys.length > 0) changed.push(after);
      for (const key of keys) properties.add(key);
      if (after.status !== before.status) withNewStatus.push(outcome);
    }
    await payments.updateAll(tx, changed, 'id', [...properties]);
    await addToHistory(tx, withNewStatus.map(historyOf), this.clock.now());
    for (const listener of this.listeners) await listener(tx, withNewStatus);
  }

  /** What `add` would make of these updates, one outcome a payment. Reads only. */
  async preview(tx: EntityManager, updates: readonly PaymentUpdate[]): Promise<UpdatedPayment[]> {
    return this.outcomes(tx, updates);
  }

  /** Derives the state again after the money facts of the payment's Payment Intent changed, and writes what differs. */
  refresh(tx: EntityManager, payment: Payment, source: FactSource): Promise<void> {
    return this.add(tx, [{ payment, facts: {}, ...source }]);
  }

  /** The payment's state by its facts as they are stored now. */
  async stateOf(tx: EntityManager, payment: Payment): Promise<PaymentState> {
    const intent = payment.paymentIntentId ?? '';
    return derivePaymentState(payment, (await moneyFactsOf(tx, intent ? [intent] : [])).get(intent));
  }

  private async outcomes(tx: EntityManager, updates: readonly PaymentUpdate[]): Promise<PaymentOutcome[]> {
    const merged = new Map<string, { before: Payment; row: Payment; sources: FactSource[] }>();
    for (const { payment, facts, ...source } of updates) {
      const { before, row, sources } = merged.get(payment.id) ?? { before: payment, row: payment, sources: [] };
      merged.set(payment.id, { before, row: withFacts(row, facts), sources: [...sources, source] });
    }
    const intents = [...merged.values()].flatMap(({ row }) => row.paymentIntentId ?? []);
    const money = await moneyFactsOf(tx, intents);
    return [...merged.values()].map(({ before, row, sources }) => {
      const known = money.get(row.paymentIntentId ?? '');
      const { status, amountRefunded, amount, currency } = derivePaymentState(row, known);
      const after = { ...row, status, amountRefunded, amount, currency };
      return { before, after, ...mergedSource(sources), unlinked: known?.unlinked ?? false };
    });
  }
}

/** The source of several updates of one payment: all their causes, the latest time and the first actor. */
const mergedSource = (sources: readonly FactSource[]): FactSource => ({
  cause: sources.map(({ cause }) => cause).join(', '),
  at: sources.reduce((latest, { at }) => (at > latest ? at : latest), new Date(0)),
  actor: sources.find(({ actor }) => actor !== undefined)?.actor,
});

const historyOf = ({ before, after, cause, at, actor }: UpdatedPayment): StatusChange => ({
  paymentId: after.id,
  from: before.status,
  to: after.status,
  cause,
  at,
  actor: actor ?? null,
});
