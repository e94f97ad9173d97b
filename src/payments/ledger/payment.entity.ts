import { Column, Entity, PrimaryColumn } from 'typeorm';
import { AmountColumn, InstantColumn, OptionalText } from '../../database/columns.js';
import type { PaymentFacts, PaymentStatus } from './payment-status.js';

/** One thing that somebody bought or tried to buy. Written before its Checkout Session is asked for. */
@Entity('payments')
export class Payment implements PaymentFacts {
  /** Ours; goes to Stripe as `client_reference_id`, in the metadata, and as the idempotency key. */
  @PrimaryColumn({ type: 'varchar' })
  id!: string;

  /** Whose it is. */
  @Column({ type: 'varchar' })
  userId!: string;

  @Column({ type: 'varchar' })
  email!: string;

  /** What was bought, as it was called then. */
  @Column({ type: 'varchar' })
  description!: string;

  /** The lookup key of what was bought. */
  @Column({ type: 'varchar' })
  priceKey!: string;

  /** Minor unit of the currency: 1999 is USD 19.99 but JPY 1,999. */
  @AmountColumn()
  amount!: number;

  /** ISO 4217, in lower case as Stripe has it. */
  @Column({ type: 'varchar' })
  currency!: string;
  /** The price at Stripe that its Checkout Session is asked for with; unknown for payments that were not started here. */
  @OptionalText()
  priceId!: string | null;

  /** When its Checkout Session was asked for once more: until some time after, a request may be waiting for it. */
  @InstantColumn({ nullable: true })
  sessionAskedAt!: Date | null;

  @OptionalText()
  checkoutSessionId!: string | null;
  @OptionalText()
  paymentIntentId!: string | null;

  @InstantColumn({ nullable: true })
  processingAt!: Date | null;

  @InstantColumn({ nullable: true })
  settledAt!: Date | null;

  @InstantColumn({ nullable: true })
  failedAt!: Date | null;

  @InstantColumn({ nullable: true })
  expiredAt!: Date | null;

  /** Derived from the facts above and the refunds, kept for lists. */
  @Column({ type: 'varchar' })
  status!: PaymentStatus;

  /** Derived, minor units. */
  @AmountColumn({ default: 0 })
  amountRefunded!: number;

  @InstantColumn()
  createdAt!: Date;
}
