import { Column, Entity, PrimaryColumn } from 'typeorm';
import { AmountColumn, FlagColumn, InstantColumn, OptionalText } from '../../database/columns.js';
import type { InvoiceState, InvoiceStatus } from '../state/invoice-facts.js';

/** An invoice of Stripe's. It may be known before its subscription. Amounts in minor units of `currency`. */
@Entity('invoices')
export class Invoice implements InvoiceState {
  /** `in_…` */
  @PrimaryColumn({ type: 'varchar' })
  id!: string;
  @Column({ type: 'varchar' })
  stripeCustomerId!: string;
  @OptionalText()
  subscriptionId!: string | null;
  /** Our payment, once it is paid. */
  @OptionalText()
  paymentId!: string | null;
  @OptionalText()
  number!: string | null;
  @OptionalText()
  billingReason!: string | null;
  @Column({ type: 'varchar' })
  currency!: string;
  @AmountColumn()
  subtotal!: number;
  @AmountColumn()
  total!: number;
  @AmountColumn()
  amountDue!: number;
  @AmountColumn()
  amountPaid!: number;
  @AmountColumn()
  amountRemaining!: number;
  @AmountColumn({ default: 0 })
  startingBalance!: number;
  @AmountColumn({ nullable: true })
  endingBalance!: number | null;
  @Column({ type: 'integer', default: 0 })
  attemptCount!: number;
  @InstantColumn({ nullable: true })
  nextPaymentAttempt!: Date | null;
  @InstantColumn({ nullable: true })
  periodStart!: Date | null;
  @InstantColumn({ nullable: true })
  periodEnd!: Date | null;
  @Column({ type: 'varchar' })
  stripeStatus!: string;
  @FlagColumn()
  provisional!: boolean;
  @InstantColumn()
  snapshotAt!: Date;
  @InstantColumn({ nullable: true })
  finalizedAt!: Date | null;
  @InstantColumn({ nullable: true })
  paidAt!: Date | null;
  @InstantColumn({ nullable: true })
  voidedAt!: Date | null;
  @InstantColumn({ nullable: true })
  uncollectibleAt!: Date | null;
  @InstantColumn({ nullable: true })
  deletedAt!: Date | null;
  @InstantColumn({ nullable: true })
  firstFailedAt!: Date | null;
  @InstantColumn({ nullable: true })
  actionRequiredAt!: Date | null;
  @InstantColumn({ nullable: true })
  finalizationFailedAt!: Date | null;
  /** Derived from the facts. */
  @Column({ type: 'varchar' })
  status!: InvoiceStatus;
  @InstantColumn()
  createdAt!: Date;
  @InstantColumn()
  learnedAt!: Date;
}

/** One way in which an invoice is paid: by a Payment Intent, a charge, or outside of Stripe. */
@Entity('invoice_payments')
export class InvoicePayment {
  /** `inpay_…` */
  @PrimaryColumn({ type: 'varchar' })
  id!: string;
  @Column({ type: 'varchar' })
  invoiceId!: string;
  @OptionalText()
  paymentIntentId!: string | null;
  @OptionalText()
  chargeId!: string | null;
  @AmountColumn()
  amountRequested!: number;
  /** `null` until it is paid. */
  @AmountColumn({ nullable: true })
  amountPaid!: number | null;
  @Column({ type: 'varchar' })
  currency!: string;
  @FlagColumn()
  isDefault!: boolean;
  /** Stripe's; `processing` where it is open and on its way, as a bank debit is for days. */
  @Column({ type: 'varchar' })
  status!: string;
  @InstantColumn({ nullable: true })
  paidAt!: Date | null;
  @InstantColumn({ nullable: true })
  canceledAt!: Date | null;
  @InstantColumn()
  createdAt!: Date;
}
