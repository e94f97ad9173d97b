import { Column, Entity, PrimaryColumn } from 'typeorm';
import { AmountColumn, FlagColumn, InstantColumn, OptionalText } from '../../database/columns.js';
import type { RefundFacts, RefundStatus } from '../state/payment-facts.js';

/** What is known of a Payment Intent's charges. It may be known before the payment that they belong to. */
@Entity('charges')
export class ChargeFacts {
  @PrimaryColumn({ type: 'varchar' })
  paymentIntentId!: string;

  /** The highest sum of refunds that Stripe ever reported on it. Minor units. */
  @AmountColumn({ default: 0 })
  refundedHigh!: number;

  /** The amount that was reserved or charged at first, minor units; `null` where no charge is known. */
  @AmountColumn({ nullable: true })
  amount!: number | null;

  /** When the amount was reserved without being taken (manual capture), by Stripe's clock. */
  @InstantColumn({ nullable: true })
  authorizedAt!: Date | null;

  /** When money was first captured, by Stripe's clock, and the highest captured amount that was reported, minor units. */
  @InstantColumn({ nullable: true })
  capturedAt!: Date | null;

  @AmountColumn({ nullable: true })
  capturedAmount!: number | null;

  /** When the Payment Intent was canceled, or its authorization was released. */
  @InstantColumn({ nullable: true })
  canceledAt!: Date | null;

  /** Stripe's `ch_…` or `py_…`: an early fraud warning may name nothing else. */
  @OptionalText()
  chargeId!: string | null;

  /** The address of Stripe's receipt. */
  @OptionalText()
  receiptUrl!: string | null;

  /** When the last attempt to pay was declined, and Stripe's code for the reason, such as `insufficient_funds`. */
  @InstantColumn({ nullable: true })
  declinedAt!: Date | null;

  @OptionalText()
  declineCode!: string | null;
}

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
