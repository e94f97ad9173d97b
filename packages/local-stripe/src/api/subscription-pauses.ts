import type { ApiRouter } from '../conventions/api-router.js';
import { endpoint } from '../conventions/endpoint.js';
import { integer, oneOf, optional, shape } from '../conventions/params/index.js';
import { invalidRequest } from '../conventions/errors.js';
import { billingFor } from '../billing/billing.js';
import { modeOf } from '../billing/engine/change.js';
import { pauseSubscription, resumeSubscription } from '../billing/pause-subscription.js';
import { saveSubscription, type Loaded } from '../billing/subscription-store.js';
import type { Subscription } from '../model/wire.js';
import { prorationBehavior } from './subscription-params.js';
import { loadOr404 } from './subscription-reading.js';

const pausing = shape({
  bill_for: optional(
    shape({
      outstanding_usage_through: optional(shape({ type: oneOf('none', 'now') })),
      unused_time_from: optional(shape({ type: oneOf('item_current_period_start', 'none', 'now') })),
    }),
  ),
  invoicing_behavior: optional(oneOf('invoice', 'pending_invoice_item')),
  type: optional(oneOf('subscription')),
});

/** Throws ApiError 400 where the subscription cannot be paused. */
export function mustBePausable({ subscription }: Loaded): void {
  const reason = pauseRefusal(subscription);
  if (reason !== undefined) throw invalidRequest(`The subscription ${subscription.id} cannot be paused: ${reason}.`);
}

/** Why a subscription cannot be paused (SUBSCRIPTIONS.md 1); undefined where it can. */
export function pauseRefusal(subscription: Subscription): string | undefined {
  const { status, collection_method: method, schedule } = subscription;
  return status !== 'active' && status !== 'past_due'
    ? `it is ${status}`
    : modeOf(subscription) === 'classic'
      ? 'its billing mode is classic'
      : method === 'send_invoice'
        ? 'its invoices are sent'
        : schedule === null
          ? undefined
          : 'it has a schedule';
}

const resuming = shape({
  billing_cycle_anchor: optional((raw: unknown, param: string) =>
    // The older words: `now` and `unchanged` themselves.
    typeof raw === 'string'
      ? { type: oneOf('now', 'unchanged')(raw, param) }
      : shape({ type: oneOf('now', 'unchanged') })(raw, param),
  ),
  payment_behavior: optional(oneOf('resume_on_payment_attempt', 'resume_on_payment_success')),
  proration_behavior: prorationBehavior,
  proration_date: optional(integer({ min: 0 })),
});

const migration = shape({
  billing_mode: shape({
    flexible: optional(shape({ proration_discounts: optional(oneOf('included', 'itemized')) })),
    type: oneOf('flexible'),
  }),
});

export function subscriptionPauseRoutes(api: ApiRouter): void {
  api.post(
    '/subscriptions/:id/pause',
    endpoint(pausing, async ({ tx, params, id, origin }) => {
      const loaded = await loadOr404(tx, id);
      mustBePausable(loaded);
      const billing = await billingFor(tx, origin, loaded.subscription.test_clock as string | null);
      return pauseSubscription(billing, loaded, {
        unusedTimeFrom: params.bill_for?.unused_time_from?.type ?? 'now',
        invoicing: params.invoicing_behavior ?? 'pending_invoice_item',
      });
    }),
  );
  api.post(
    '/subscriptions/:id/resume',
    endpoint(resuming, async ({ tx, params, id, origin }) => {
      const loaded = await loadOr404(tx, id);
      if (loaded.subscription.status !== 'paused') {
        throw invalidRequest(`Only paused subscriptions can be resumed; ${id} is ${loaded.subscription.status}.`);
      }
      const billing = await billingFor(tx, origin, loaded.subscription.test_clock as string | null);
      const anchor = params.billing_cycle_anchor?.type ?? 'now';
      return resumeSubscription(billing, loaded, {
        anchor,
        payment: params.payment_behavior ?? 'resume_on_payment_attempt',
        free: anchor === 'unchanged' && params.proration_behavior === 'none',
      });
    }),
  );
  api.post(
    '/subscriptions/:id/migrate',
    endpoint(migration, async ({ tx, params, id, origin }) => {
      const loaded = await loadOr404(tx, id);
      const { subscription: before, notes } = loaded;
      if (modeOf(before) === 'flexible')
        throw invalidRequest(`The subscription ${id} is flexible already.`, 'billing_mode[type]');
      const billing = await billingFor(tx, origin, before.test_clock as string | null);
      const { flexible } = params.billing_mode;
      const after: Subscription = {
        ...before,
        billing_mode: {
          flexible: { proration_discounts: flexible?.proration_discounts ?? 'included' },
          type: 'flexible',
          updated_at: billing.now,
        },
      };
      await saveSubscription(billing, { subscription: after, notes }, before);
      return after;
    }),
  );
  api.delete(
    '/subscriptions/:id/discount',
    endpoint(shape({}), async ({ tx, id, origin }) => {
      const { subscription: before, notes } = await loadOr404(tx, id);
      const [first] = before.discounts;
      if (first === undefined)
        throw invalidRequest(`No active discount for subscription: ${id}`, undefined, 'resource_missing');
      const billing = await billingFor(tx, origin, before.test_clock as string | null);
      const discount = await tx.objects.get('discount', first);
      await saveSubscription(
        billing,
        { subscription: { ...before, discounts: before.discounts.slice(1) }, notes },
        before,
      );
      await tx.events.record('customer.discount.deleted', discount);
      return { ...discount, deleted: true };
    }),
  );
}
