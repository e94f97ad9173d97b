import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Table } from '../../database/table.js';
import { Fulfilment } from '../fulfilment/fulfilment.service.js';
import { linkMoneyFacts, moneyFactsOf } from './money-facts.js';
import { changedKeys, type PaymentChange, withFacts } from './payment-row.js';
import { Payment } from './payment.entity.js';
import { addToHistory, type StatusChange } from './payment-history.entity.js';
import { derivePaymentState, type PaymentState } from '../state/payment-status.js';

/** What brought facts: the event's id, the user's action or the command. */
export interface FactSource {
  cause: string;
  /** When it happened: Stripe's time, where Stripe says when. */
  at: Date;
  /** Who did it, where that is known: a user's id, `command line`. */
  actor?: string | undefined;
}

/** Facts about a payment, and what brought them. */
export interface PaymentUpdate extends FactSource {
  payment: Payment;
  facts: PaymentChange;
}

/** What facts make of a payment. */
export interface PaymentOutcome extends FactSource {
  before: Payment;
  after: Payment;
  /** Refunds and disputes were told of before this payment was known to be theirs. */
  unlinked: boolean;
}

/** The one place where a payment's row changes: facts are added, the status follows from them, history is kept. */
@Injectable()
export class PaymentStore {
  constructor(private readonly fulfilment: Fulfilment) {}

  /** Writes a new payment down, before any of its facts. */
  async open(tx: EntityManager, payment: NewPaymentRow, source: FactSource): Promise<Payment> {
    const { status } = derivePaymentState(payment);
    const row = { ...payment, status, amountRefunded: 0 };
    await payments.insert(tx, row);
    const { cause, at, actor = null } = source;
    await addToHistory(tx, [{ paymentId: payment.id, from: null, to: status, cause, at, actor }]);
    return row;
  }

  /**
   * Adds facts to payments, in a few statements however many they are. What was known before is never taken back: adding
   * the same twice changes nothing.
   */
  async add(tx: EntityManager, news: readonly PaymentUpdate[]): Promise<void> {
    const changed: Payment[] = [];
    const properties = new Set<keyof Payment>();
    const turned: PaymentOutcome[] = [];
    for (const outcome of await this.outcomes(tx, news)) {
      const { before, after, unlinked } = outcome;
      if (unlinked && after.paymentIntentId) await linkMoneyFacts(tx, after.id, after.paymentIntentId);
      const keys = changedKeys(before, after);
      if (keys.length > 0) changed.push(after);
      for (const key of keys) properties.add(key);
      if (after.status !== before.status) turned.push(outcome);
    }
    await payments.updateAll(tx, changed, 'id', [...properties]);
    await addToHistory(tx, turned.map(changeOf));
    await this.fulfilment.tell(tx, turned);
  }

  /** What `add` would make of it. Reads only. */
  async outcomes(tx: EntityManager, news: readonly PaymentUpdate[]): Promise<PaymentOutcome[]> {
    const told = new Map<string, { before: Payment; row: Payment; sources: FactSource[] }>();
    for (const { payment, facts, ...source } of news) {
      const { before, row, sources } = told.get(payment.id) ?? { before: payment, row: payment, sources: [] };
      told.set(payment.id, { before, row: withFacts(row, facts), sources: [...sources, source] });
    }
    const intents = [...told.values()].flatMap(({ row }) => row.paymentIntentId ?? []);
    const money = await moneyFactsOf(tx, intents);
    return [...told.values()].map(({ before, row, sources }) => {
      const known = money.get(row.paymentIntentId ?? '');
      const { status, amountRefunded, amount, currency } = derivePaymentState(row, known);
      const after = { ...row, status, amountRefunded, amount, currency };
      return { before, after, ...oneSource(sources), unlinked: known?.unlinked ?? false };
    });
  }

  /** Derives the state anew after what is told of the payment's money changed, and writes what changed. */
  refresh(tx: EntityManager, payment: Payment, source: FactSource): Promise<void> {
    return this.add(tx, [{ payment, facts: {}, ...source }]);
  }

  async stateOf(tx: EntityManager, payment: Payment): Promise<PaymentState> {
    const intent = payment.paymentIntentId ?? '';
    return derivePaymentState(payment, (await moneyFactsOf(tx, intent ? [intent] : [])).get(intent));
  }
}

const payments = new Table(Payment);

/** A new payment's row, before its state is derived. */
export type NewPaymentRow = Omit<Payment, 'status' | 'amountRefunded'>;

/** What a row holds of all that is not known yet. */
export const NO_PAYMENT_FACTS = {
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

/** What several updates of one payment have in common: all their causes, and the time of the last. */
const oneSource = (sources: readonly FactSource[]): FactSource => ({
  cause: sources.map(({ cause }) => cause).join(', '),
  at: sources.reduce((latest, { at }) => (at > latest ? at : latest), new Date(0)),
  actor: sources.find(({ actor }) => actor !== undefined)?.actor,
});

const changeOf = ({ before, after, cause, at, actor }: PaymentOutcome): StatusChange => ({
  paymentId: after.id,
  from: before.status,
  to: after.status,
  cause,
  at,
  actor: actor ?? null,
});
