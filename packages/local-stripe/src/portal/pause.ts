import { mustBePausable } from '../api/subscription-pauses.js';
import { momentAfter } from '../billing/engine/calendar.js';
import { periodOf } from '../billing/engine/due.js';
import { pauseSubscription, resumeSubscription } from '../billing/pause-subscription.js';
import { shownDate } from '../checkout/mode-labels.js';
import { invalidRequest } from '../conventions/errors.js';
import { afterFlow, type Reply, type Visit } from './reply.js';
import { billingOfVisit, ownSubscription, priceText } from './subscriptions.js';

/** Asks whether to pause, and for how long where the configuration names durations. */
export async function askToPause(visit: Visit): Promise<Reply> {
  const loaded = await ownSubscription(visit);
  const { subscription } = loaded;
  const durations = durationsOf(visit);
  mustBePausable(loaded);
  const { path, session } = visit.portal;
  return {
    view: 'portal-pause',
    model: {
      title: 'Pause your plan',
      action: `${path}/subscriptions/${subscription.id}/pause`,
      back: session.flow ? session.return_url : `${path}/home`,
      price: priceText(subscription),
      end: shownDate(periodOf(subscription).end),
      durations: durations.map(({ interval, interval_count: count }, value) => ({
        value,
        first: value === 0,
        text: count === 1 ? `1 ${interval}` : `${count} ${interval}s`,
      })),
    },
  };
}

/** Pauses now; what is left of the period is credited to the next invoice. It resumes by itself after the chosen time. */
export async function pause(visit: Visit): Promise<Reply> {
  const loaded = await ownSubscription(visit);
  const durations = durationsOf(visit);
  mustBePausable(loaded);
  const chosen = durations[Number(visit.form['duration'] ?? 0)];
  if (durations.length > 0 && !chosen) throw invalidRequest('Please choose how long to pause.');
  const billing = await billingOfVisit(visit, loaded.subscription);
  const resumesAt = chosen && momentAfter({ at: billing.now }, chosen, 1);
  await pauseSubscription(billing, loaded, {
    unusedTimeFrom: 'now',
    invoicing: 'pending_invoice_item',
    ...(resumesAt !== undefined && { resumesAt }),
  });
  return afterFlow(visit.portal);
}

/** Resumes a paused subscription, whose new period is charged now. */
export async function resume(visit: Visit): Promise<Reply> {
  durationsOf(visit);
  const loaded = await ownSubscription(visit);
  const { id, status } = loaded.subscription;
  if (status !== 'paused') throw invalidRequest(`Only paused subscriptions can be resumed; ${id} is ${status}.`);
  const billing = await billingOfVisit(visit, loaded.subscription);
  await resumeSubscription(billing, loaded, { anchor: 'now', payment: 'resume_on_payment_attempt', free: false });
  return { redirect: `${visit.portal.path}/home` };
}

/** The durations to choose from; none: until the customer resumes. */
function durationsOf({ portal }: Visit) {
  const { duration, enabled } = portal.configuration.features.subscription_pause;
  if (!enabled) throw invalidRequest('Subscriptions cannot be paused here.');
  return duration.type === 'interval_options' ? duration.interval_options : [];
}
