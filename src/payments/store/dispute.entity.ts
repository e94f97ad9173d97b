import { Column, Entity, PrimaryColumn } from 'typeorm';
import { AmountColumn, FlagColumn, InstantColumn, OptionalText } from '../../database/columns.js';
import type { DisputeFacts } from '../state/dispute-money.js';
import type { DisputeStatus } from '../state/dispute-state.js';

/** The customer's bank questions a payment, or takes it back. */
@Entity('disputes')
export class PaymentDispute implements DisputeFacts {
  /** Stripe's `dp_…` or `du_…`. */
  @PrimaryColumn({ type: 'varchar' })
  id!: string;

  /** None until the payment it belongs to is known: events come in any order. */
  @OptionalText()
  paymentId!: string | null;

  @Column({ type: 'varchar' })
  paymentIntentId!: string;

  /** Minor units of `currency`. */
  @AmountColumn()
  amount!: number;

  /** ISO 4217, in lower case as Stripe has it. The cardholder's, which is not always the payment's. */
  @Column({ type: 'varchar' })
  currency!: string;

  /** Stripe's word, such as `fraudulent` or `product_not_received`. */
  @Column({ type: 'varchar' })
  reason!: string;

  @Column({ type: 'varchar' })
  status!: DisputeStatus;

  @InstantColumn()
  statusAt!: Date;

  /** Until when evidence is taken; none where the bank takes none. */
  @InstantColumn({ nullable: true })
  dueBy!: Date | null;

  /** When the money last left the balance at Stripe. */
  @InstantColumn({ nullable: true })
  withdrawnAt!: Date | null;

  /** When it last came back. */
  @InstantColumn({ nullable: true })
  reinstatedAt!: Date | null;

  /** The currency that Stripe settles in; none until a balance transaction of the dispute is known. */
  @OptionalText()
  balanceCurrency!: string | null;

  /** What its balance transactions took out in all, and brought back. Minor units of `balanceCurrency`. */
  @AmountColumn({ default: 0 })
  withdrawnSum!: number;

  @AmountColumn({ default: 0 })
  reinstatedSum!: number;

  /** Stripe's word for a card's kind of dispute, such as `chargeback`, `resolution` or `block`. */
  @OptionalText()
  caseType!: string | null;

  /** Whether Stripe still refunds the charge. */
  @FlagColumn({ nullable: true })
  isChargeRefundable!: boolean | null;

  @InstantColumn()
  createdAt!: Date;
}

/**
 * A card's issuer reports a payment as fraud; a dispute often follows within days, unless it is refunded first. Kept for whatever
 * payment it is of: the payment is found by its Payment Intent, and may become known later.
 */
@Entity('early_fraud_warnings')
export class EarlyFraudWarningRow {
  /** Stripe's `issfr_…`. */
  @PrimaryColumn({ type: 'varchar' })
  id!: string;

  /** None where Stripe names only the charge. */
  @OptionalText()
  paymentIntentId!: string | null;

  @OptionalText()
  chargeId!: string | null;

  /** Stripe's word, such as `made_with_stolen_card`. */
  @Column({ type: 'varchar' })
  fraudType!: string;

  /** Whether a refund still helps: neither disputed nor refunded whole, as Stripe said last. */
  @FlagColumn()
  actionable!: boolean;

  /** When it said so, by Stripe's clock. */
  @InstantColumn()
  reportedAt!: Date;

  /** When the issuer warned, by Stripe's clock. */
  @InstantColumn()
  createdAt!: Date;

  /** When it was first stored here. */
  @InstantColumn()
  learnedAt!: Date;
}
