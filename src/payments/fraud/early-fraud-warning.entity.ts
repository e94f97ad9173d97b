import { Column, Entity, PrimaryColumn } from 'typeorm';
import { FlagColumn, InstantColumn, OptionalText } from '../../database/columns.js';

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
  toldAt!: Date;

  /** When the issuer warned, by Stripe's clock. */
  @InstantColumn()
  createdAt!: Date;

  /** When it was first stored here. */
  @InstantColumn()
  learnedAt!: Date;
}
