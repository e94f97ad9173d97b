import { Column, Entity, PrimaryColumn } from 'typeorm';
import { AmountColumn, FlagColumn, InstantColumn, OptionalText } from '../../database/columns.js';
import type { Owner } from '../../customers/owner.js';
import type {
  SnapshotItem,
  SubscriptionFacts,
  SubscriptionSnapshot,
  SubscriptionStatus,
  TerminalStatus,
} from '../state/subscription-facts.js';

/** A subscription: its facts, the last snapshot of it, and what is derived from both. `SubscriptionStore` alone writes it. */
@Entity('subscriptions')
export class Subscription implements SubscriptionFacts, Omit<SubscriptionSnapshot, 'items'> {
  /** `sub_…` */
  @PrimaryColumn({ type: 'varchar' })
  id!: string;

  /** `cus_…` */
  @Column({ type: 'varchar' })
  stripeCustomerId!: string;

  /** `null` while the customer is not known here. */
  @OptionalText()
  ownerType!: Owner['type'] | null;
  @OptionalText()
  ownerId!: string | null;

  /** The group of its plan; `null` for a price that is not in the catalog. */
  @OptionalText()
  planGroup!: string | null;

  /** Our checkout that asked for it; `null` for one made elsewhere. */
  @OptionalText()
  checkoutId!: string | null;

  @InstantColumn()
  createdAt!: Date;
  @InstantColumn({ nullable: true })
  endedAt!: Date | null;
  @OptionalText()
  endedStatus!: TerminalStatus | null;
  @OptionalText()
  endReason!: string | null;
  @InstantColumn({ nullable: true })
  trialStartedAt!: Date | null;
  @InstantColumn({ nullable: true })
  firstPaidAt!: Date | null;
  @InstantColumn({ nullable: true })
  firstFailedAt!: Date | null;

  /** The older live subscription of its owner and group that it doubles. */
  @OptionalText()
  duplicateOf!: string | null;
  /** When it was decided that it ends for that (`secondSubscription: 'cancel'`): all that it took is refunded from then on. */
  @InstantColumn({ nullable: true })
  duplicateEndAt!: Date | null;

  @Column({ type: 'varchar' })
  stripeStatus!: SubscriptionStatus;
  @FlagColumn()
  provisional!: boolean;
  @InstantColumn()
  snapshotAt!: Date;
  @AmountColumn()
  version!: number;
  @InstantColumn({ nullable: true })
  cancelAt!: Date | null;
  @FlagColumn({ default: 0 })
  cancelAtPeriodEnd!: boolean;
  @InstantColumn({ nullable: true })
  canceledAt!: Date | null;
  @InstantColumn({ nullable: true })
  trialEnd!: Date | null;
  @InstantColumn({ nullable: true })
  currentPeriodStart!: Date | null;
  @InstantColumn({ nullable: true })
  currentPeriodEnd!: Date | null;
  @OptionalText()
  latestInvoiceId!: string | null;
  @OptionalText()
  defaultPaymentMethod!: string | null;
  @OptionalText()
  collectionMethod!: string | null;
  @OptionalText()
  billingMode!: string | null;
  @OptionalText()
  pausedReason!: string | null;
  @OptionalText()
  pauseCollection!: string | null;
  @InstantColumn({ nullable: true })
  pauseResumesAt!: Date | null;
  @InstantColumn({ nullable: true })
  pendingUpdateExpiresAt!: Date | null;
  @OptionalText()
  scheduleId!: string | null;
  @OptionalText()
  currency!: string | null;

  /** Derived from the facts and the snapshot. */
  @Column({ type: 'varchar' })
  status!: SubscriptionStatus;

  /** Derived by `deriveAccess` when facts or snapshot changed, or when `changesAt` came. For lists. */
  @FlagColumn({ default: 0 })
  access!: boolean;
  @InstantColumn({ nullable: true })
  accessUntil!: Date | null;
  @OptionalText()
  accessReason!: string | null;
  /** When access changes by the passing of time alone; `null`: not by itself. */
  @InstantColumn({ nullable: true })
  changesAt!: Date | null;
  /** The catalog that access was derived with (`fingerprintOf` its plans); `null`: never yet. */
  @OptionalText()
  derivedBy!: string | null;

  /** When it was first known here. */
  @InstantColumn()
  learnedAt!: Date;
}

/** One price of a subscription, of its last snapshot. */
@Entity('subscription_items')
export class SubscriptionItem implements SnapshotItem {
  @PrimaryColumn({ type: 'varchar' })
  id!: string;
  @Column({ type: 'varchar' })
  subscriptionId!: string;
  /** From 0, in Stripe's order. */
  @Column({ type: 'integer' })
  position!: number;
  @OptionalText()
  planKey!: string | null;
  @Column({ type: 'varchar' })
  priceId!: string;
  @Column({ type: 'varchar' })
  productId!: string;
  @AmountColumn()
  quantity!: number;
  @AmountColumn({ nullable: true })
  unitAmount!: number | null;
  @Column({ type: 'varchar' })
  currency!: string;
  @Column({ type: 'varchar', name: 'recurring_interval' })
  interval!: string;
  @Column({ type: 'integer' })
  intervalCount!: number;
  @InstantColumn({ nullable: true })
  currentPeriodStart!: Date | null;
  @InstantColumn({ nullable: true })
  currentPeriodEnd!: Date | null;
}

/** One change of a subscription's status, and what caused it. Rows are only ever added. */
@Entity('subscription_history')
export class SubscriptionHistory {
  @PrimaryColumn({ type: 'varchar' })
  subscriptionId!: string;
  /** Counts from 1. */
  @PrimaryColumn({ type: 'integer' })
  seq!: number;
  /** `null` for the first entry. */
  @OptionalText({ name: 'from_status' })
  from!: SubscriptionStatus | null;
  @Column({ type: 'varchar', name: 'to_status' })
  to!: SubscriptionStatus;
  /** The event's id, the user's action or the command. */
  @Column({ type: 'varchar' })
  cause!: string;
  /** When it happened, by Stripe's clock where Stripe gives a time. */
  @InstantColumn()
  at!: Date;
  @InstantColumn()
  learnedAt!: Date;
  @OptionalText()
  actor!: string | null;
}
