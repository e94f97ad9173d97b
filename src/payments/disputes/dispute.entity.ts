import { Column, Entity, PrimaryColumn } from 'typeorm';
import { AmountColumn, InstantColumn, OptionalText } from '../../database/columns.js';
import type { DisputeFacts } from '../ledger/payment-status.js';
import type { DisputeState, DisputeStatus } from './dispute-rank.js';

/** The customer's bank questions a payment, or takes it back. */
@Entity('disputes')
export class PaymentDispute implements DisputeFacts, DisputeState {
  /** Stripe's `dp_…` or `du_…`. */
  @PrimaryColumn({ type: 'varchar' })
  id!: string;

  /** None until the payment it belongs to is known: events come in any order. */
  @OptionalText()
  paymentId!: string | null;

  @Column({ type: 'varchar' })
  paymentIntentId!: string;

  /** Minor units. */
  @AmountColumn()
  amount!: number;

  /** ISO 4217, in lower case as Stripe has it. */
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

  /** When the money left the balance at Stripe. */
  @InstantColumn({ nullable: true })
  withdrawnAt!: Date | null;

  /** When it came back. */
  @InstantColumn({ nullable: true })
  reinstatedAt!: Date | null;

  @InstantColumn()
  createdAt!: Date;
}
