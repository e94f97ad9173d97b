import { Column, Entity, type EntityManager, PrimaryColumn } from 'typeorm';
import { AmountColumn, FlagColumn, InstantColumn, OptionalText } from '../../database/columns.js';
import { jsonRows, fromJsonRows } from '../../database/sql.js';
import type { PaymentFacts, PaymentStatus } from '../state/payment-facts.js';

/** One purchase, completed or not. The row is inserted before its Checkout Session is created. */
@Entity('payments')
export class Payment implements PaymentFacts {
  /** Our id. Stripe gets it as `client_reference_id`, in the metadata and in the idempotency key. */
  @PrimaryColumn({ type: 'varchar' })
  id!: string;

  /** The owner: a user's id, or `email:…` (`ownerOfEmail`). */
  @Column({ type: 'varchar' })
  userId!: string;

  @Column({ type: 'varchar' })
  email!: string;

  /** Whether the login had verified that the address is the user's own. */
  @FlagColumn({ default: 0 })
  emailVerified!: boolean;

  /** Whether a Checkout Session or an invoice collected it. */
  @Column({ type: 'varchar', default: 'checkout' })
  kind!: 'checkout' | 'invoice';

  /** Stripe's id of the invoice, for one that an invoice collected. */
  @OptionalText()
  invoiceId!: string | null;

  /** That invoice's number, for people. */
  @OptionalText()
  invoiceNumber!: string | null;

  /** The name of what was bought, as it was at the time. Empty for an invoice of something that the catalog does not name. */
  @Column({ type: 'varchar' })
  description!: string;

  /** The lookup key of what was bought. */
  @Column({ type: 'varchar' })
  priceKey!: string;

  /** How many of it. `requestedAmount` is for all of them. */
  @AmountColumn({ default: 1 })
  quantity!: number;

  /**
   * Derived, for lists: what was captured, else charged, else asked for. Minor units of the currency: 1999 is USD 19.99 but
   * JPY 1,999.
   */
  @AmountColumn()
  amount!: number;

  /** Of `amount`. ISO 4217, in lower case. */
  @Column({ type: 'varchar' })
  currency!: string;

  /** What this app asked for, minor units; `null` for a payment that was not started here. */
  @AmountColumn({ nullable: true })
  requestedAmount!: number | null;
  @OptionalText()
  requestedCurrency!: string | null;

  /** The same price in other currencies, minor units, as JSON: `{"eur":1849}`. Stripe may charge any of them. */
  @OptionalText()
  otherPrices!: string | null;

  /** What the Checkout Session says was charged, minor units. */
  @AmountColumn({ nullable: true })
  chargedAmount!: number | null;
  @OptionalText()
  chargedCurrency!: string | null;

  /** When the session charged an amount that neither the price nor Stripe explains. Not settled until an operator accepts it. */
  @InstantColumn({ nullable: true })
  unexplainedAt!: Date | null;

  /** When an operator accepted what was charged. */
  @InstantColumn({ nullable: true })
  acceptedAt!: Date | null;

  /** The Stripe price that its Checkout Session is created with; `null` for payments that were not started here. */
  @OptionalText()
  priceId!: string | null;

  /** When its Checkout Session was last requested again: shortly after, that request may still be waiting for it. */
  @InstantColumn({ nullable: true })
  sessionAskedAt!: Date | null;

  @OptionalText()
  checkoutSessionId!: string | null;
  @OptionalText()
  paymentIntentId!: string | null;

  @InstantColumn({ nullable: true })
  processingAt!: Date | null;

  @InstantColumn({ nullable: true })
  settledAt!: Date | null;

  @InstantColumn({ nullable: true })
  failedAt!: Date | null;

  @InstantColumn({ nullable: true })
  expiredAt!: Date | null;

  /** Derived from the facts above, the refunds and the disputes; stored for lists. */
  @Column({ type: 'varchar' })
  status!: PaymentStatus;

  /** Derived. What was refunded, minor units. */
  @AmountColumn({ default: 0 })
  amountRefunded!: number;

  @InstantColumn()
  createdAt!: Date;
}

/** One change of a payment's status, and what caused it. Rows are only ever added. */
@Entity('payment_history')
export class PaymentHistory {
  @PrimaryColumn({ type: 'varchar' })
  paymentId!: string;

  /** Counts the payment's changes from 1. */
  @PrimaryColumn({ type: 'integer' })
  seq!: number;

  /** `null` for the payment's first entry. */
  @OptionalText({ name: 'from_status' })
  from!: PaymentStatus | null;

  @Column({ type: 'varchar', name: 'to_status' })
  to!: PaymentStatus;

  /** The event's id, the user's action or the command. */
  @Column({ type: 'varchar' })
  cause!: string;

  /** When it happened: by Stripe's clock where Stripe gives a time. */
  @InstantColumn()
  at!: Date;

  /** When it was stored here. */
  @InstantColumn({ nullable: true })
  learnedAt!: Date | null;

  /** Who did it, where that is known: a user's id, `command line`. */
  @OptionalText()
  actor!: string | null;
}

/** One change of a payment's status, to be added. */
export type StatusChange = Pick<PaymentHistory, 'paymentId' | 'from' | 'to' | 'cause' | 'at' | 'actor'>;

/** Adds changes to the history in one statement, numbered after what is stored. At most one change for each payment. */
export async function addToHistory(
  tx: EntityManager,
  changes: readonly StatusChange[],
  learnedAt: Date,
): Promise<void> {
  if (changes.length === 0) return;
  const rows = changes.map(({ paymentId, from, to, cause, at, actor }) => [
    paymentId,
    from,
    to,
    cause,
    at.getTime(),
    learnedAt.getTime(),
    actor,
  ]);
  await tx.query(
    `INSERT INTO payment_history (payment_id, seq, from_status, to_status, cause, at, learned_at, actor)
     SELECT input.value->>0,
            (SELECT COALESCE(MAX(seq), 0) + 1 FROM payment_history WHERE payment_id = input.value->>0),
            input.value->>1, input.value->>2, input.value->>3, CAST(input.value->>4 AS bigint), CAST(input.value->>5 AS bigint),
            input.value->>6
     FROM ${fromJsonRows(tx, '$1')}`,
    [jsonRows(rows)],
  );
}
