import { Column, Entity, PrimaryColumn } from 'typeorm';
import { InstantColumn, OptionalText } from '../../database/columns.js';
import type { PaymentStatus } from './payment-status.js';

/** One change of a payment's status, and what caused it. Only ever added to. */
@Entity('payment_history')
export class PaymentHistory {
  @PrimaryColumn({ type: 'varchar' })
  paymentId!: string;

  /** 1 for the payment's first change, then counting up. */
  @PrimaryColumn({ type: 'integer' })
  seq!: number;

  /** None for the first one. */
  @OptionalText({ name: 'from_status' })
  from!: PaymentStatus | null;

  @Column({ type: 'varchar', name: 'to_status' })
  to!: PaymentStatus;

  /** The event's id, the user's action or the command. */
  @Column({ type: 'varchar' })
  cause!: string;

  /** When it happened: Stripe's time, where Stripe says when. */
  @InstantColumn()
  at!: Date;

  /** When it was stored here. */
  @InstantColumn({ nullable: true })
  learnedAt!: Date | null;

  /** Who did it, where that is known: a user's id, `command line`. */
  @OptionalText()
  actor!: string | null;
}
