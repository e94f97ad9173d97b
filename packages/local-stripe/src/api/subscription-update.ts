import type { Tx } from '../state/store.js';
import { billingFor, type Billing } from '../billing/billing.js';
import { withCancellation } from '../billing/cancellation.js';
import { inOrder } from '../billing/event-order.js';
import { advance } from '../billing/invoice-timer.js';
import { endTrial } from '../billing/renew.js';
import { type Loaded, withItems } from '../billing/subscription-store.js';
import { updateSubscription, type SubscriptionChange, type Updated } from '../billing/update-subscription.js';
import { ApiError, invalidRequest } from '../conventions/errors.js';
import type { Subscription } from '../model/wire.js';
import { modeOf } from '../billing/engine/change.js';
import { periodOf } from '../billing/engine/due.js';
import { addItems } from './added-items.js';
import { cardRefused } from './confirm-intent.js';
import { findOr404 } from './reading.js';
import { undone } from './new-subscription.js';
import { askedItems } from './subscription-params.js';
import { fieldsOf, type Changes } from './subscription-changes.js';
import { changedItems } from './subscription-items-changed.js';

/** What a canceled subscription still takes (SUBSCRIPTIONS.md 1). */
const AFTER_THE_END = ['metadata', 'cancellation_details'];

const WITH_PENDING = [
  'items',
  'trial_end',
  'trial_from_plan',
  'billing_cycle_anchor',
  'proration_behavior',
  'proration_date',
  'payment_behavior',
  'off_session',
  'plan',
  'quantity',
];

/** `POST /v1/subscriptions/:id`. Throws ApiError. */
export async function updateOf(tx: Tx, loaded: Loaded, params: Changes, origin: string): Promise<Subscription> {
  const { subscription } = loaded;
  mustAllow(subscription, params);
  const billing = await billingFor(tx, origin, subscription.test_clock as string | null);
  if (params.trial_end === 'now' && ['trialing', 'paused'].includes(subscription.status)) {
    return endTrialNow(billing, loaded, params);
  }
  const customer = await tx.objects.get('customer', String(subscription.customer));
  await addItems(billing, customer, params.add_invoice_items, subscription);
  const updated = await updateSubscription(billing, loaded, await changeOf(billing, loaded, params));
  if (params.payment_behavior === 'error_if_incomplete') mustBePaid(updated);
  return updated.subscription;
}

function mustAllow({ id, status }: Subscription, params: Changes): void {
  const named = Object.entries(params)
    .filter(([, value]) => value !== undefined)
    .map(([name]) => name);
  if (['canceled', 'incomplete_expired'].includes(status) && named.some((name) => !AFTER_THE_END.includes(name))) {
    const message = `A canceled subscription can only update its cancellation_details and metadata.`;
    throw invalidRequest(message, undefined, 'invalid_canceled_subscription_fields');
  }
  if (params.payment_behavior === 'pending_if_incomplete') {
    const other = named.find((name) => !WITH_PENDING.includes(name));
    if (other !== undefined) {
      throw invalidRequest(
        `You cannot pass \`${other}\` when \`payment_behavior\` is \`pending_if_incomplete\` (${id}).`,
        other,
      );
    }
  }
}

/** From when a change counts: a moment of the present period, or now. */
function prorationTime(subscription: Subscription, asked: number | undefined, now: number): number {
  if (asked === undefined) return now;
  const { start, end } = periodOf(subscription);
  if (asked >= start && asked <= end) return asked;
  throw invalidRequest('`proration_date` must be within the current period of the subscription.', 'proration_date');
}

/** The change that the parameters ask for, with the subscription as it will be. */
export async function changeOf(billing: Billing, loaded: Loaded, params: Changes): Promise<SubscriptionChange> {
  const { subscription: before } = loaded;
  const { now } = billing;
  const behavior = params.proration_behavior ?? 'create_prorations';
  const at = prorationTime(before, params.proration_date, now);
  const { items, intervalChanged } = await changedItems(
    billing,
    before,
    askedItems(params, before.items.data[0]?.id),
    at,
  );
  const fields = await fieldsOf(billing.tx, before, params, now);
  const paused = before.status === 'paused';
  if (typeof params.cancel_at === 'number' && params.cancel_at <= now) throw notInFuture('cancel_at');
  const trialEnd = params.trial_end === 'now' ? undefined : params.trial_end;
  // Classic begins a new period where the interval changes; flexible never moves the anchor by itself.
  const restarts =
    !paused &&
    before.status !== 'trialing' &&
    (params.billing_cycle_anchor?.type === 'now' || (intervalChanged && modeOf(before) === 'classic'));
  const withFields: Subscription = {
    ...before,
    ...fields,
    ...(restarts && { billing_cycle_anchor: now, billing_cycle_anchor_config: null }),
    ...(trialEnd !== undefined && trialFields(trialEnd, before, now)),
  };
  const inItems = withItems(
    withFields,
    trialEnd === undefined
      ? items
      : items.map((item) => ({
          ...item,
          current_period_start: before.status === 'trialing' ? item.current_period_start : now,
          current_period_end: trialEnd,
        })),
  );
  return {
    after: withCancellation(
      inItems,
      before,
      { cancel_at: params.cancel_at, cancel_at_period_end: params.cancel_at_period_end },
      now,
    ),
    at,
    restarts,
    prorationBehavior: behavior,
    paymentBehavior: params.payment_behavior ?? 'allow_incomplete',
  };
}

const notInFuture = (param: string): ApiError =>
  invalidRequest('Invalid timestamp: must be an integer Unix timestamp in the future.', param);

function trialFields(trialEnd: number, before: Subscription, now: number): Partial<Subscription> {
  if (trialEnd <= now) {
    throw notInFuture('trial_end');
  }
  const start = before.status === 'trialing' ? before.trial_start : now;
  return { billing_cycle_anchor: trialEnd, status: 'trialing', trial_end: trialEnd, trial_start: start };
}

/** A trial that is ended early has its event in the same second (T), and its invoice is charged at once. */
async function endTrialNow(billing: Billing, loaded: Loaded, params: Changes): Promise<Subscription> {
  const { now, tx } = billing;
  const { after } = await changeOf(billing, loaded, { ...params, trial_end: undefined });
  const ended: Subscription = { ...after, billing_cycle_anchor: now, trial_end: now };
  await billing.tx.events.record('customer.subscription.trial_will_end', ended);
  return inOrder(billing, 'update', async () => {
    const active = await endTrial(
      billing,
      { ...loaded, subscription: ended },
      { before: loaded.subscription, atOnce: true },
    );
    const invoice = await tx.objects.find('invoice', String(active.latest_invoice));
    if (active.status === 'active' && invoice?.status === 'draft') await advance(billing, invoice);
    return findOr404(tx, 'subscription', active.id);
  });
}

/** 402 and nothing changed, where the invoice of the change could not be paid. */
function mustBePaid({ collected }: Updated): void {
  if (!collected?.payment || !collected.method) return;
  const { payment, method } = collected;
  if (payment.outcome === 'declined') throw undone(cardRefused(payment, method));
  if (payment.outcome === 'authenticate') {
    const message =
      'Payment for this subscription requires additional user action before it can be completed successfully.';
    throw new ApiError(402, { type: 'card_error', code: 'subscription_payment_intent_requires_action', message });
  }
}
