import { Column, Entity, PrimaryColumn } from 'typeorm';
import { AmountColumn, InstantColumn, OptionalText } from '../../database/columns.js';

/** What can be read again from Stripe, each with a `SnapshotSource`. */
export type ReadKind = 'subscription' | 'invoice';

/**
 * That an object at Stripe changed and has to be read again. Each event takes a ticket (`wanted`), each read takes one when it
 * begins, and only an answer whose ticket is higher than that of the last one (`applied`) is stored. So the last answer that is
 * stored always began after the last change that was reported.
 */
@Entity('stripe_reads')
export class StripeRead {
  @PrimaryColumn({ type: 'varchar' })
  kind!: ReadKind;

  /** Stripe's id of the object. */
  @PrimaryColumn({ type: 'varchar' })
  id!: string;

  /** The last ticket that was given out. */
  @AmountColumn()
  issued!: number;

  /** The ticket of the last change that was reported. While it is above `applied`, a read is due. */
  @AmountColumn()
  wanted!: number;

  /** The ticket of the read whose answer is stored. */
  @AmountColumn()
  applied!: number;

  /** What was reported last, for the history: an event's id, a user's action, a command. */
  @Column({ type: 'varchar' })
  cause!: string;

  @OptionalText()
  actor!: string | null;

  /** When that happened, by Stripe's clock. */
  @InstantColumn()
  causedAt!: Date;

  /** The object as the newest event has it, as JSON: used, provisionally, where Stripe cannot be read. */
  @Column({ type: 'text', nullable: true })
  payload!: string | null;

  /** When the next read may begin. */
  @InstantColumn()
  dueAt!: Date;

  @OptionalText()
  leaseToken!: string | null;

  @InstantColumn({ nullable: true })
  leaseUntil!: Date | null;

  /** Reads that failed in a row. */
  @Column({ type: 'integer' })
  attempts!: number;

  @OptionalText()
  lastError!: string | null;
}
