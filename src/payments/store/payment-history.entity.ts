import { Column, Entity, type EntityManager, PrimaryColumn } from 'typeorm';
import { InstantColumn, OptionalText } from '../../database/columns.js';
import { jsonRows, fromJsonRows } from '../../database/sql.js';
import type { PaymentStatus } from '../state/payment-facts.js';

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
export async function addToHistory(tx: EntityManager, changes: readonly StatusChange[]): Promise<void> {
  if (changes.length === 0) return;
  const learnedAt = Date.now();
  const rows = changes.map(({ paymentId, from, to, cause, at, actor }) => [
    paymentId,
    from,
    to,
    cause,
    at.getTime(),
    learnedAt,
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
