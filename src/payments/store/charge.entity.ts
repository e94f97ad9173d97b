import { Entity, PrimaryColumn } from 'typeorm';
import { AmountColumn, InstantColumn, OptionalText } from '../../database/columns.js';

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
