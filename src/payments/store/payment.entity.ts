import { Column, Entity, PrimaryColumn } from 'typeorm';
import { AmountColumn, InstantColumn, OptionalText } from '../../database/columns.js';
import type { PaymentFacts, PaymentStatus } from '../state/payment-status.js';

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

  /** 1 where the login had checked that the address is the user's own, else 0. */
  @Column({ type: 'integer', default: 0 })
  emailVerified!: number;

  /** What was bought, as it was called then. */
  @Column({ type: 'varchar' })
  description!: string;

  /** The lookup key of what was bought. */
  @Column({ type: 'varchar' })
  priceKey!: string;

  /**
   * Derived, for lists: what was captured, else what was charged, else what was asked for. Minor unit of the currency: 1999 is
   * USD 19.99 but JPY 1,999.
   */
  @AmountColumn()
  amount!: number;

  /** Of `amount`. ISO 4217, in lower case as Stripe has it. */
  @Column({ type: 'varchar' })
  currency!: string;

  /** What was asked for here, minor units; none for a payment that was not started here. */
  @AmountColumn({ nullable: true })
  requestedAmount!: number | null;
  @OptionalText()
  requestedCurrency!: string | null;

  /** The same price in other currencies, as JSON: `{"eur":1849}`. Stripe may charge any of them. */
  @OptionalText()
  otherPrices!: string | null;

  /** What the Checkout Session says was charged, minor units. */
  @AmountColumn({ nullable: true })
  chargedAmount!: number | null;
  @OptionalText()
  chargedCurrency!: string | null;

  /** When a session of ours charged what neither the price nor Stripe's own words explain. Settles nothing until accepted. */
  @InstantColumn({ nullable: true })
  unexplainedAt!: Date | null;

  /** When an operator accepted what was charged. */
  @InstantColumn({ nullable: true })
  acceptedAt!: Date | null;

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
