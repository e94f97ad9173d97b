import { Entity, PrimaryColumn } from 'typeorm';
import { AmountColumn } from '../database/columns.js';

/** What is known of a charge, by its Payment Intent: it may be told of before the payment that it belongs to. */
@Entity('charges')
export class ChargeFacts {
  @PrimaryColumn({ type: 'varchar' })
  paymentIntentId!: string;

  /** The highest sum of refunds that Stripe ever reported on it. Minor units. */
  @AmountColumn()
  refundedHigh!: number;
}
