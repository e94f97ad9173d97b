import { Column, Entity, PrimaryColumn } from 'typeorm';
import { AmountColumn, InstantColumn, OptionalText } from '../../database/columns.js';
import type { RefundFacts, RefundStatus } from '../state/payment-status.js';

/** One refund, whole or in part: asked for here, or told of by Stripe. */
@Entity('refunds')
export class PaymentRefund implements RefundFacts {
  /** Ours where it was asked for here, and then its idempotency key; Stripe's `re_…` where it was made elsewhere. */
  @PrimaryColumn({ type: 'varchar' })
  id!: string;

  /** None until the payment it belongs to is known: events come in any order. */
  @OptionalText()
  paymentId!: string | null;
  @Column({ type: 'varchar' })
  paymentIntentId!: string;
  @OptionalText()
  stripeRefundId!: string | null;

  /** Minor units. */
  @AmountColumn()
  amount!: number;
  @Column({ type: 'varchar' })
  status!: RefundStatus;

  /** Since when, by Stripe's clock. None of a row that an older version of the app has written. */
  @InstantColumn({ nullable: true })
  statusAt!: Date | null;

  /** Why it was asked for: Stripe's word, such as `requested_by_customer`. */
  @OptionalText()
  reason!: string | null;

  /** Why it failed: Stripe's word, such as `lost_or_stolen_card`, or its refusal. */
  @OptionalText()
  failureReason!: string | null;

  /** Who asked for it here: a user's id, or `command line` with the operator's name. None where it was made elsewhere. */
  @OptionalText()
  requestedBy!: string | null;

  /** 1 where Stripe named its balance transaction, 0 where it succeeded without one; not known otherwise. */
  @Column({ type: 'integer', nullable: true })
  hasTransaction!: number | null;

  /** When Stripe made it, by its clock; until it has, when it was asked for. */
  @InstantColumn()
  createdAt!: Date;

  /** When it was first stored here. None of a row that an older version of the app has written. */
  @InstantColumn({ nullable: true })
  learnedAt!: Date | null;
}
