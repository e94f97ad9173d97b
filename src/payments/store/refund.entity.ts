import { Column, Entity, PrimaryColumn } from 'typeorm';
import { AmountColumn, FlagColumn, InstantColumn, OptionalText } from '../../database/columns.js';
import type { RefundFacts, RefundStatus } from '../state/payment-facts.js';

/** One refund, full or partial: requested here, or reported by Stripe. */
@Entity('refunds')
export class PaymentRefund implements RefundFacts {
  /** Our id where it was requested here, part of the idempotency key; Stripe's `re_…` where it was made elsewhere. */
  @PrimaryColumn({ type: 'varchar' })
  id!: string;

  /** `null` until the payment is known: events come in any order. */
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

  /** Since when it has this status, by Stripe's clock. `null` in rows written by older versions of the app. */
  @InstantColumn({ nullable: true })
  statusAt!: Date | null;

  /** Why it was requested: Stripe's reason, such as `requested_by_customer`. */
  @OptionalText()
  reason!: string | null;

  /** Why it failed: Stripe's reason, such as `lost_or_stolen_card`, or the error code of its refusal. */
  @OptionalText()
  failureReason!: string | null;

  /** Who requested it here: a user's id, or `command line` with the operator's name. `null` where it was made elsewhere. */
  @OptionalText()
  requestedBy!: string | null;

  /** Whether Stripe named a balance transaction; `false` where it succeeded without one, `null` while that is not known. */
  @FlagColumn({ nullable: true })
  hasTransaction!: boolean | null;

  /** When Stripe made it, by its clock; until then, when it was requested. */
  @InstantColumn()
  createdAt!: Date;

  /** When it was first stored here. `null` in rows written by older versions of the app. */
  @InstantColumn({ nullable: true })
  learnedAt!: Date | null;
}
