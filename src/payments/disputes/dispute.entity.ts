import { Column, Entity, PrimaryColumn } from 'typeorm';
import { AmountColumn, FlagColumn, InstantColumn, OptionalText } from '../../database/columns.js';
import type { DisputeFacts } from './dispute-money.js';
import type { DisputeStatus } from './dispute-rank.js';

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
