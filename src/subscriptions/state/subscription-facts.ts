/** Stripe's statuses: https://docs.stripe.com/api/subscriptions/object#subscription_object-status */
export const SUBSCRIPTION_STATUSES = [
  'incomplete',
  'incomplete_expired',
  'trialing',
  'active',
  'past_due',
  'unpaid',
  'paused',
  'canceled',
] as const;
/** Always derived (`deriveStatus`), never set. */
export type SubscriptionStatus = (typeof SUBSCRIPTION_STATUSES)[number];

/** Statuses from which no way leads back. */
export type TerminalStatus = Extract<SubscriptionStatus, 'incomplete_expired' | 'canceled'>;

/** What only grows. It comes from any event, in any order. Times by Stripe's clock. */
export interface SubscriptionFacts {
  createdAt: Date;
  /** When it ended, and how. Wins over every snapshot. */
  endedAt: Date | null;
  endedStatus: TerminalStatus | null;
  /** Stripe's `cancellation_details.reason`. */
  endReason: string | null;
  /** When its first trial began. */
  trialStartedAt: Date | null;
  /** When the first invoice of more than 0 was paid. */
  firstPaidAt: Date | null;
  /** When a delayed payment of the first invoice failed for good: Stripe voids that invoice and leaves the subscription active. */
  firstFailedAt: Date | null;
}

/** One price of a subscription. */
export interface SnapshotItem {
  /** `si_…` */
  id: string;
  /** The lookup key of the plan in our catalog; `null` for a price that is not of it. */
  planKey: string | null;
  priceId: string;
  productId: string;
  quantity: number;
  /** Minor units of `currency` for one; `null` where the price has tiers. */
  unitAmount: number | null;
  currency: string;
  interval: string;
  intervalCount: number;
  currentPeriodStart: Date | null;
  currentPeriodEnd: Date | null;
}

/** What goes back and forth. Written only from a read that began after the change was reported. */
export interface SubscriptionSnapshot {
  stripeStatus: SubscriptionStatus;
  /** Taken from an event's payload, since Stripe could not be read yet. Never a reason to withdraw access. */
  provisional: boolean;
  /** When the read began. */
  snapshotAt: Date;
  /** Counts the changes of the snapshot. Buttons carry the version they were drawn with. */
  version: number;
  /** When it is going to end; either sign of Stripe's (`cancel_at`, `cancel_at_period_end`) is enough: `deriveEnd`. */
  cancelAt: Date | null;
  cancelAtPeriodEnd: boolean;
  /** When the end was asked for. */
  canceledAt: Date | null;
  trialEnd: Date | null;
  /** The latest start and the earliest end of the items. */
  currentPeriodStart: Date | null;
  currentPeriodEnd: Date | null;
  latestInvoiceId: string | null;
  defaultPaymentMethod: string | null;
  collectionMethod: string | null;
  billingMode: string | null;
  /** Stripe's reason for status `paused`. */
  pausedReason: string | null;
  /** `keep_as_draft`, `mark_uncollectible` or `void` while payments are paused; the status stays. */
  pauseCollection: string | null;
  pauseResumesAt: Date | null;
  /** A change waits for its payment until then. */
  pendingUpdateExpiresAt: Date | null;
  scheduleId: string | null;
  currency: string | null;
  items: readonly SnapshotItem[];
}
