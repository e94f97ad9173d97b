import { entriesOf, fromUnixSeconds, identifierOf, idOf, wholeOf } from '../../stripe/stripe-fields.js';
import type { Subscription as StripeSubscription } from '../../stripe/stripe.types.js';
import type { Plan } from '../state/plan.js';
import {
  type SnapshotItem,
  SUBSCRIPTION_STATUSES,
  type SubscriptionStatus,
  type TerminalStatus,
} from '../state/subscription-facts.js';
import type { NewSnapshot, SubscriptionChange } from '../store/subscription-row.js';

type StripeItem = StripeSubscription['items']['data'][number];

/** Stripe's statuses are an open list: one that is not known here gives no access, like `unpaid`. */
export const readStatus = (status: unknown): SubscriptionStatus =>
  SUBSCRIPTION_STATUSES.find((known) => known === status) ?? 'unpaid';

/** What only grows, of a subscription as an event or an answer has it. */
export function subscriptionFactsOf(subscription: StripeSubscription): SubscriptionChange {
  const status = readStatus(subscription.status);
  const created = fromUnixSeconds(subscription.created);
  const endedStatus = status === 'canceled' || status === 'incomplete_expired' ? status : null;
  return {
    ...(created && { createdAt: created }),
    endedStatus,
    endedAt: endedAtOf(subscription, endedStatus),
    endReason: endedStatus ? (identifierOf(subscription.cancellation_details?.reason) ?? null) : null,
    trialStartedAt: fromUnixSeconds(subscription.trial_start),
    checkoutId: identifierOf(subscription.metadata?.checkout_id) ?? null,
  };
}

/** `incomplete_expired` has no `ended_at`: it ends 23 hours after its creation. */
function endedAtOf(
  { ended_at: endedAt, canceled_at: canceledAt, created }: StripeSubscription,
  endedStatus: TerminalStatus | null,
): Date | null {
  if (!endedStatus) return null;
  const ended = fromUnixSeconds(endedAt);
  if (ended) return ended;
  if (endedStatus === 'canceled') return fromUnixSeconds(canceledAt) ?? fromUnixSeconds(created);
  return fromUnixSeconds(created + INCOMPLETE_S);
}
const INCOMPLETE_S = 23 * 3_600;

/**
 * What a transaction locks before rows of a subscription (`lockKeys`): its customer, since invoices, entitlements and other
 * subscriptions are written along with it. With one order for all, no two transactions wait for each other.
 */
export const lockKeysOf = ({ customer }: Pick<StripeSubscription, 'customer'>): string[] => {
  const id = idOf(customer);
  return id ? [id] : [];
};

/** Why an object of a customer is left alone. */
export const foreign = (customer: Parameters<typeof idOf>[0]): string =>
  `it is of ${idOf(customer) ?? 'no customer'}, who is none of this app's customers`;

/** What goes back and forth, of a subscription as an event or an answer has it. */
export function snapshotOf(
  subscription: StripeSubscription,
  plans: readonly Plan[],
  { readAt, provisional }: { readAt: Date; provisional: boolean },
): NewSnapshot {
  const items = entriesOf(subscription.items).flatMap((item) => itemOf(item, plans));
  const starts = items.flatMap(({ currentPeriodStart: at }) => (at ? [at.getTime()] : []));
  const ends = items.flatMap(({ currentPeriodEnd: at }) => (at ? [at.getTime()] : []));
  return {
    stripeCustomerId: idOf(subscription.customer) ?? '',
    planGroup: plans.find(({ lookupKey }) => items.some(({ planKey }) => planKey === lookupKey))?.group ?? null,
    stripeStatus: readStatus(subscription.status),
    provisional,
    snapshotAt: readAt,
    cancelAt: fromUnixSeconds(subscription.cancel_at),
    cancelAtPeriodEnd: subscription.cancel_at_period_end === true,
    canceledAt: fromUnixSeconds(subscription.canceled_at),
    trialEnd: fromUnixSeconds(subscription.trial_end),
    currentPeriodStart: starts.length > 0 ? new Date(Math.max(...starts)) : null,
    currentPeriodEnd: ends.length > 0 ? new Date(Math.min(...ends)) : null,
    latestInvoiceId: idOf(subscription.latest_invoice) ?? null,
    defaultPaymentMethod: idOf(subscription.default_payment_method) ?? null,
    collectionMethod: identifierOf(subscription.collection_method) ?? null,
    billingMode: identifierOf(subscription.billing_mode?.type) ?? null,
    pausedReason: identifierOf(subscription.status_details?.paused?.subscription?.type) ?? null,
    pauseCollection: identifierOf(subscription.pause_collection?.behavior) ?? null,
    pauseResumesAt: fromUnixSeconds(subscription.pause_collection?.resumes_at),
    pendingUpdateExpiresAt: fromUnixSeconds(subscription.pending_update?.expires_at),
    scheduleId: idOf(subscription.schedule) ?? null,
    currency: identifierOf(subscription.currency) ?? null,
    items,
  };
}

/** One price; none where it cannot be read. */
function itemOf(item: StripeItem, plans: readonly Plan[]): SnapshotItem[] {
  const { price } = item;
  const [id, priceId] = [identifierOf(item.id), idOf(price)];
  if (!id || !priceId) return [];
  const { interval, interval_count: count } = price.recurring ?? {};
  return [
    {
      id,
      planKey: planKeyOf(price, plans),
      priceId,
      productId: idOf(price.product) ?? '',
      quantity: wholeOf(item.quantity) ?? 1,
      unitAmount: wholeOf(price.unit_amount),
      currency: identifierOf(price.currency) ?? '',
      interval: identifierOf(interval) ?? 'month',
      intervalCount: wholeOf(count) ?? 1,
      currentPeriodStart: fromUnixSeconds(item.current_period_start),
      currentPeriodEnd: fromUnixSeconds(item.current_period_end),
    },
  ];
}

/**
 * The plan of a price: by its lookup key; by what the catalog wrote into the metadata, once another price has the lookup key; or by
 * its product, where that has one plan only.
 */
export function planKeyOf(
  { lookup_key: key, metadata, product }: StripeItem['price'],
  plans: readonly Plan[],
): string | null {
  const names = [key, metadata?.lookup_key].filter((name): name is string => typeof name === 'string');
  const named = names.find((name) => plans.some(({ lookupKey }) => lookupKey === name));
  if (named) return named;
  const ofProduct = plans.filter(({ productId }) => productId === idOf(product));
  const [only] = ofProduct;
  return only && ofProduct.length === 1 ? only.lookupKey : (names.at(-1) ?? null);
}
