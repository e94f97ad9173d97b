import { Column, Entity, PrimaryColumn } from 'typeorm';
import { AmountColumn, InstantColumn, OptionalText } from '../../database/columns.js';
import type { Owner } from '../../customers/owner.js';

/** A checkout that asks for a subscription. The row is inserted before its Checkout Session is created. */
@Entity('subscription_checkouts')
export class SubscriptionCheckout {
  /** Our id. Stripe gets it in the metadata of the session and of the subscription, and in the idempotency key. */
  @PrimaryColumn({ type: 'varchar' })
  id!: string;
  @Column({ type: 'varchar' })
  ownerType!: Owner['type'];
  @Column({ type: 'varchar' })
  ownerId!: string;
  /** Who asked for it. */
  @Column({ type: 'varchar' })
  userId!: string;
  @Column({ type: 'varchar' })
  email!: string;
  @Column({ type: 'varchar' })
  stripeCustomerId!: string;
  @Column({ type: 'varchar' })
  planGroup!: string;
  @Column({ type: 'varchar' })
  planKey!: string;
  @Column({ type: 'varchar' })
  priceId!: string;
  @AmountColumn()
  quantity!: number;
  /** 0: without a trial, since the plan has none or the owner had it. */
  @Column({ type: 'integer', default: 0 })
  trialDays!: number;
  @OptionalText()
  checkoutSessionId!: string | null;
  @OptionalText()
  subscriptionId!: string | null;
  @InstantColumn({ nullable: true })
  completedAt!: Date | null;
  @InstantColumn({ nullable: true })
  expiredAt!: Date | null;
  /** When Stripe refused to create its session. */
  @InstantColumn({ nullable: true })
  failedAt!: Date | null;
  /** Derived from the facts above: completed wins over expired. */
  @Column({ type: 'varchar' })
  status!: 'open' | 'completed' | 'expired' | 'failed';
  @InstantColumn({ nullable: true })
  sessionAskedAt!: Date | null;
  @InstantColumn()
  createdAt!: Date;
}
