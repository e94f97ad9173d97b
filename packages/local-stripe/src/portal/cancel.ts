import type { Changes } from '../api/subscription-changes.js';
import { updateOf } from '../api/subscription-update.js';
import { cancelSubscription } from '../billing/cancel-subscription.js';
import { periodOf } from '../billing/engine/due.js';
import { shownDate } from '../checkout/mode-labels.js';
import { invalidRequest } from '../conventions/errors.js';
import type { Subscription } from '../model/wire.js';
import { afterFlow, type Reply, type Visit } from './reply.js';
import { billingOfVisit, ownSubscription, priceText } from './subscriptions.js';

const REASONS: Record<string, string> = {
  customer_service: 'Customer service was not what I expected',
  low_quality: 'The quality was not what I expected',
  missing_features: 'Some features are missing',
  other: 'Other reason',
  switched_service: 'I found an alternative',
  too_complex: 'It is hard to use',
  too_expensive: 'It is too expensive',
  unused: 'I no longer need it',
};

type Feedback = NonNullable<Subscription['cancellation_details']>['feedback'];

/** Asks whether to cancel, and why. */
export async function askToCancel(visit: Visit): Promise<Reply> {
  const { subscription } = await ownSubscription(visit);
  const { cancellation_reason: reason, mode } = cancelFeature(visit);
  const { path, session } = visit.portal;
  return {
    view: 'portal-cancel',
    model: {
      title: 'Cancel your plan',
      action: `${path}/subscriptions/${subscription.id}/cancel`,
      back: session.flow ? session.return_url : `${path}/home`,
      price: priceText(subscription),
      end: mode === 'immediately' ? undefined : shownDate(periodOf(subscription).end),
      reasons: reason.enabled ? reason.options.map((value) => ({ value, text: REASONS[value] ?? value })) : undefined,
    },
  };
}

/**
 * Cancels, at the period's end or at once. At the end a flexible subscription gets `cancel_at` alone, a classic one
 * `cancel_at_period_end` (SUBSCRIPTIONS.md 1, "A scheduled end has two signs").
 */
export async function cancel(visit: Visit): Promise<Reply> {
  const loaded = await ownSubscription(visit);
  const { subscription } = loaded;
  const { mode, proration_behavior: behavior } = cancelFeature(visit);
  const { tx, form, origin } = visit;
  const details = {
    ...(form['feedback'] && { feedback: (form['feedback'] in REASONS ? form['feedback'] : 'other') as Feedback }),
    ...(form['comment'] && { comment: form['comment'] }),
  };
  if (mode === 'immediately') {
    const billing = await billingOfVisit(visit, subscription);
    const invoiceNow = behavior === 'always_invoice';
    await cancelSubscription(billing, loaded, { prorate: behavior !== 'none', invoiceNow, details });
  } else {
    const scheduled =
      subscription.billing_mode?.type === 'flexible'
        ? { cancel_at: 'min_period_end', proration_behavior: 'none' }
        : { cancel_at_period_end: true };
    await updateOf(tx, loaded, { ...scheduled, cancellation_details: details } as Changes, origin);
  }
  return afterFlow(visit.portal);
}

/** Takes a scheduled end back: whichever sign is set. */
export async function undoCancel(visit: Visit): Promise<Reply> {
  cancelFeature(visit);
  const { tx, origin } = visit;
  const loaded = await ownSubscription(visit);
  const sign = loaded.subscription.cancel_at_period_end
    ? { cancel_at_period_end: false }
    : { cancel_at: null, proration_behavior: 'none' };
  await updateOf(tx, loaded, sign as Changes, origin);
  return { redirect: `${visit.portal.path}/home` };
}

function cancelFeature({ portal }: Visit) {
  const { subscription_cancel: feature } = portal.configuration.features;
  if (!feature.enabled) throw invalidRequest('Subscriptions cannot be canceled here.');
  return feature;
}
