import { Column, Entity, PrimaryColumn } from 'typeorm';
import { AmountColumn, InstantColumn, OptionalText } from '../../database/columns.js';

/**
 * A change that a customer asked for: previewed, then requested, then made. At most one of a subscription is requested at a time.
 * Its id is the idempotency key of the call to Stripe.
 */
@Entity('subscription_changes')
export class SubscriptionChange {
  @PrimaryColumn({ type: 'varchar' })
  id!: string;
  @Column({ type: 'varchar' })
  subscriptionId!: string;
  @Column({ type: 'varchar' })
  kind!: 'plan' | 'seats' | 'cancel' | 'undo_cancel' | 'resume';
  /** What was asked for and, for a preview, its lines, as JSON. */
  @Column({ type: 'text' })
  details!: string;
  /** The snapshot's version that it was drawn with. */
  @AmountColumn()
  version!: number;
  /** Unix seconds; the preview's, so that exactly it is charged. */
  @AmountColumn({ nullable: true })
  prorationDate!: number | null;
  /** What is charged at once, minor units of `currency`; `null` where nothing is previewed. */
  @AmountColumn({ nullable: true })
  amount!: number | null;
  @OptionalText()
  currency!: string | null;
  @Column({ type: 'varchar' })
  status!: 'previewed' | 'requested' | 'done' | 'refused';
  @OptionalText()
  failureReason!: string | null;
  /** A user's id, or `command line`. */
  @Column({ type: 'varchar' })
  requestedBy!: string;
  @InstantColumn()
  createdAt!: Date;
  /** A preview holds for 15 minutes. */
  @InstantColumn({ nullable: true })
  expiresAt!: Date | null;
  /** When it was confirmed. */
  @InstantColumn({ nullable: true })
  requestedAt!: Date | null;
  @InstantColumn({ nullable: true })
  finishedAt!: Date | null;
}
