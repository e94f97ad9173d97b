import type { BilledInvoice } from '../../src/subscriptions/state/derive-access.js';
import type { SubscriptionFacts, SubscriptionSnapshot } from '../../src/subscriptions/state/subscription-facts.js';

/** 2027-01-10, 12:00 UTC: when the subscriptions of these tests begin. */
export const START = new Date('2027-01-10T12:00:00Z');
export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
/** So many days after START. */
export const day = (days: number): Date => new Date(START.getTime() + days * DAY_MS);

/** An active monthly subscription, as `deriveAccess` and `derivePlan` take it, with what differs. */
export const subscriptionFacts = (
  changes: Partial<SubscriptionFacts & SubscriptionSnapshot> = {},
): SubscriptionFacts & SubscriptionSnapshot => ({
  createdAt: START,
  endedAt: null,
  endedStatus: null,
  endReason: null,
  trialStartedAt: null,
  firstPaidAt: START,
  firstFailedAt: null,
  stripeStatus: 'active',
  provisional: false,
  snapshotAt: START,
  version: 1,
  cancelAt: null,
  cancelAtPeriodEnd: false,
  canceledAt: null,
  trialEnd: null,
  currentPeriodStart: START,
  currentPeriodEnd: day(31),
  latestInvoiceId: 'in_1',
  defaultPaymentMethod: null,
  collectionMethod: 'charge_automatically',
  billingMode: 'flexible',
  pausedReason: null,
  pauseCollection: null,
  pauseResumesAt: null,
  pendingUpdateExpiresAt: null,
  scheduleId: null,
  currency: 'usd',
  items: [],
  ...changes,
});

/** An invoice that was paid when it was made, at START, with what differs. */
export const billedInvoice = (changes: Partial<BilledInvoice> = {}): BilledInvoice => ({
  createdAt: START,
  paidAt: START,
  firstFailedAt: null,
  status: 'paid',
  reversed: null,
  ...changes,
});
