import type { Tx } from '../state/store.js';
import { billingFor, type Billing } from './billing.js';
import { dueOf, type Due } from './engine/due.js';
import { endSubscription, expireIncomplete } from './end-subscription.js';
import { inOrder } from './event-order.js';
import { resumeSubscription } from './pause-subscription.js';
import { dropPendingUpdate } from './pending-update.js';
import { upcomingInvoice } from './preview.js';
import { expireResumption } from './resume-paused.js';
import { endTrial, renew } from './renew.js';
import { loadSubscription, saveSubscription, setSubscriptionTimer, type Loaded } from './subscription-store.js';

/** Does everything that is due for a subscription at `at` (Unix seconds), the earliest first, and sets its next timer. */
export async function subscriptionDue(tx: Tx, id: string, at: number, origin: string): Promise<void> {
  const loaded = await loadSubscription({ tx }, id);
  if (!loaded) return tx.timers.setFor('subscription_due', id, undefined, '');
  const billing = { ...(await billingFor(tx, origin, loaded.subscription.test_clock as string | null)), now: at };
  const [next] = dueOf(loaded.subscription, loaded.notes, { upcomingDays: billing.settings.upcoming_days });
  if (!next || next.at > at) return setSubscriptionTimer(billing, loaded);
  const order = next.step === 'end_trial' ? 'trialEnd' : 'asMade';
  await inOrder(billing, order, async () => perform(billing, loaded, next));
  return subscriptionDue(tx, id, at, origin);
}

/** Every step saves the subscription, so that what it did is not due again. */
async function perform(billing: Billing, loaded: Loaded, { step }: Due): Promise<unknown> {
  const { subscription, notes } = loaded;
  switch (step) {
    case 'renew':
      return renew(billing, loaded);
    case 'end_trial':
      return endTrial(billing, loaded);
    case 'expire_incomplete':
      return expireIncomplete(billing, loaded);
    case 'cancel':
      return endSubscription(billing, loaded, { reason: 'cancellation_requested' });
    case 'cancel_disputed':
      return endSubscription(billing, loaded, { reason: 'payment_disputed' });
    case 'send_trial_will_end':
      await billing.tx.events.record('customer.subscription.trial_will_end', subscription);
      return saveSubscription(billing, {
        subscription,
        notes: { ...notes, ...(subscription.trial_end !== null && { trialWillEndSentFor: subscription.trial_end }) },
      });
    case 'send_upcoming':
      return sendUpcoming(billing, loaded);
    case 'resume_collection':
      return saveSubscription(
        billing,
        { notes, subscription: { ...subscription, pause_collection: null } },
        subscription,
      );
    case 'resume':
      return resumeSubscription(billing, loaded, {
        anchor: 'now',
        payment: 'resume_on_payment_attempt',
        free: false,
      });
    case 'expire_pending_update':
      return dropPendingUpdate(billing, loaded);
    case 'expire_resumption':
      return expireResumption(billing, loaded);
  }
}

async function sendUpcoming(billing: Billing, { subscription, notes }: Loaded): Promise<void> {
  const upcomingSentFor = Math.min(...subscription.items.data.map((item) => item.current_period_end));
  await saveSubscription(billing, { subscription, notes: { ...notes, upcomingSentFor } });
  const invoice = await upcomingInvoice(billing, { subscription, notes: { ...notes, upcomingSentFor } });
  await billing.tx.events.record('invoice.upcoming', invoice);
}
