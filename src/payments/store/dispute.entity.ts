import { Column, Entity, PrimaryColumn } from 'typeorm';
import { AmountColumn, FlagColumn, InstantColumn, OptionalText } from '../../database/columns.js';
import type { DisputeFacts, DisputeStatus } from '../state/dispute-state.js';

/** A dispute or an inquiry: the customer's bank questions a payment or withdraws its money. */
@Entity('disputes')
export class PaymentDispute implements DisputeFacts {
  /** Stripe's `dp_…` or `du_…`. */
  @PrimaryColumn({ type: 'varchar' })
  id!: string;

  /** `null` until the payment is known: events come in any order. */
  @OptionalText()
  paymentId!: string | null;

  @Column({ type: 'varchar' })
  paymentIntentId!: string;

  /** Minor units of `currency`. */
  @AmountColumn()
  amount!: number;

  /** ISO 4217, in lower case. The cardholder's currency, which is not always the payment's. */
  @Column({ type: 'varchar' })
  currency!: string;

  /** Stripe's reason, such as `fraudulent` or `product_not_received`. */
  @Column({ type: 'varchar' })
  reason!: string;

  @Column({ type: 'varchar' })
  status!: DisputeStatus;

  /** The time of the latest snapshot, by Stripe's clock. */
  @InstantColumn()
  statusAt!: Date;

  /** The deadline for evidence; `null` where the bank takes none. */
  @InstantColumn({ nullable: true })
  dueBy!: Date | null;

  /** When the money last left the balance at Stripe. */
  @InstantColumn({ nullable: true })
  withdrawnAt!: Date | null;

  /** When it last came back. */
  @InstantColumn({ nullable: true })
  reinstatedAt!: Date | null;

  /** The currency that Stripe settles in; `null` until a balance transaction of the dispute is known. */
  @OptionalText()
  balanceCurrency!: string | null;

  /** The sums that its balance transactions took out and brought back, without fees. Minor units of `balanceCurrency`. */
  @AmountColumn({ default: 0 })
  withdrawnSum!: number;

  @AmountColumn({ default: 0 })
  reinstatedSum!: number;

  /** Stripe's case type of a card dispute, such as `chargeback`, `resolution` or `block`. */
  @OptionalText()
  caseType!: string | null;

  /** Whether Stripe still refunds the charge; `null` where it does not say. */
  @FlagColumn({ nullable: true })
  isChargeRefundable!: boolean | null;

  @InstantColumn()
  createdAt!: Date;
}

/**
 * An early fraud warning: a card's issuer reports a payment as fraud. A dispute often follows within days, unless the payment is
 * refunded first. Stored even where the payment is not known here: it is found by its Payment Intent, maybe later.
 */
@Entity('early_fraud_warnings')
export class EarlyFraudWarningRow {
  /** Stripe's `issfr_…`. */
  @PrimaryColumn({ type: 'varchar' })
  id!: string;

  /** `null` where Stripe names only the charge. */
  @OptionalText()
  paymentIntentId!: string | null;

  @OptionalText()
  chargeId!: string | null;

  /** Stripe's fraud type, such as `made_with_stolen_card`. */
  @Column({ type: 'varchar' })
  fraudType!: string;

  /** Whether a refund still helps: by Stripe's last report, the payment is neither disputed nor fully refunded. */
  @FlagColumn()
  actionable!: boolean;

  /** The time of that report, by Stripe's clock. */
  @InstantColumn()
  reportedAt!: Date;

  /** When the issuer warned, by Stripe's clock. */
  @InstantColumn()
  createdAt!: Date;

  /** When it was first stored here. */
  @InstantColumn()
  learnedAt!: Date;
}
