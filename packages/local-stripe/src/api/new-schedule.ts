import type { Tx } from '../state/store.js';
import { billingFor, type Billing } from '../billing/billing.js';
import { periodOf } from '../billing/engine/due.js';
import { inOrder } from '../billing/event-order.js';
import { saveSchedule, setSchedule } from '../billing/schedule-store.js';
import { loadSubscription } from '../billing/subscription-store.js';
import { changeMetadata } from '../conventions/params/index.js';
import { invalidRequest, missingParameter, noSuch } from '../conventions/errors.js';
import { newId } from '../model/ids.js';
import type { Subscription, SubscriptionSchedule } from '../model/wire.js';
import type { ScheduleCreation } from './schedule-params.js';
import { phasesFor, type Phase } from './schedule-phases.js';
import { startSchedule } from './schedule-steps.js';

/** `POST /v1/subscription_schedules`. Throws ApiError 400. */
export function newSchedule(tx: Tx, params: ScheduleCreation, origin: string): Promise<SubscriptionSchedule> {
  const { from_subscription: from } = params;
  return from === undefined ? newlyStarting(tx, params, origin) : fromSubscription(tx, params, from, origin);
}

async function newlyStarting(tx: Tx, params: ScheduleCreation, origin: string): Promise<SubscriptionSchedule> {
  const { customer: id, phases: asked, start_date: start = 'now' } = params;
  if (id === undefined) throw missingParameter('customer');
  if (!asked || asked.length === 0) throw missingParameter('phases');
  const customer = await tx.objects.find('customer', id);
  if (!customer) throw noSuch('customer', id, 'customer');
  const billing = await billingFor(tx, origin, customer.test_clock as string | null);
  const { now, settings } = billing;
  const at = start === 'now' ? now : start;
  const phases = await phasesFor(tx, asked, { now, start: at });
  const type = params.billing_mode?.type ?? settings.billing_mode;
  const schedule = bareSchedule(billing, params, {
    customer: id,
    type,
    clock: customer.test_clock as string | null,
    phases,
  });
  return inOrder(billing, 'asMade', async () => {
    await tx.objects.insert(schedule);
    await tx.events.record('subscription_schedule.created', schedule);
    return at <= now ? startSchedule(billing, schedule) : saveSchedule(billing, schedule);
  });
}

/** A schedule for a subscription that is there: its one phase is the present period. Takes no other parameter. */
async function fromSubscription(
  tx: Tx,
  params: ScheduleCreation,
  id: string,
  origin: string,
): Promise<SubscriptionSchedule> {
  const other = Object.entries(params).find(([name, value]) => name !== 'from_subscription' && value !== undefined);
  if (other) {
    const message = `You cannot set \`${other[0]}\` if \`from_subscription\` is set.`;
    throw invalidRequest(message, other[0]);
  }
  const loaded = await loadSubscription({ tx }, id);
  if (!loaded) throw noSuch('subscription', id, 'from_subscription');
  const { subscription } = loaded;
  if (['canceled', 'incomplete', 'incomplete_expired'].includes(subscription.status)) {
    throw invalidRequest(
      `You cannot create a schedule from a subscription that is ${subscription.status}.`,
      'from_subscription',
    );
  }
  if (subscription.schedule !== null) {
    const message = `You cannot migrate a subscription that is already attached to a schedule: ${String(subscription.schedule)}`;
    throw invalidRequest(message, 'from_subscription');
  }
  const billing = await billingFor(tx, origin, subscription.test_clock as string | null);
  const phase = presentPhase(subscription);
  const bare = bareSchedule(billing, params, {
    customer: String(subscription.customer),
    type: subscription.billing_mode.type as 'classic' | 'flexible',
    clock: subscription.test_clock as string | null,
    phases: [phase],
  });
  const { start_date, end_date } = phase;
  const schedule: SubscriptionSchedule = {
    ...bare,
    current_phase: { end_date, start_date },
    status: 'active',
    subscription: id,
  };
  return inOrder(billing, 'asMade', async () => {
    await tx.objects.insert(schedule);
    await tx.events.record('subscription_schedule.created', schedule);
    await setSchedule(billing, id, schedule.id);
    return saveSchedule(billing, schedule);
  });
}

function presentPhase(subscription: Subscription): Phase {
  const { start, end } = periodOf(subscription);
  return {
    add_invoice_items: [],
    application_fee_percent: null,
    billing_cycle_anchor: null,
    billing_thresholds: null,
    collection_method: null,
    currency: subscription.currency,
    default_payment_method: null,
    default_tax_rates: subscription.default_tax_rates ?? [],
    description: null,
    discounts: [],
    end_date: end,
    invoice_settings: null,
    items: subscription.items.data.map(({ metadata, price, quantity, tax_rates: rates }) => ({
      billing_thresholds: null,
      discounts: [],
      metadata,
      plan: price.id,
      price: price.id,
      quantity: quantity ?? 1,
      tax_rates: rates ?? [],
    })),
    metadata: {},
    on_behalf_of: null,
    proration_behavior: 'create_prorations',
    start_date: start,
    transfer_data: null,
    trial_end: subscription.trial_end !== null && subscription.trial_end <= end ? subscription.trial_end : null,
  } as Phase;
}

interface Given {
  customer: string;
  type: 'classic' | 'flexible';
  clock: string | null;
  phases: Phase[];
}

function bareSchedule(
  { now }: Billing,
  { default_settings: said, end_behavior, metadata }: ScheduleCreation,
  { customer, type, clock, phases }: Given,
): SubscriptionSchedule {
  return {
    id: newId('subscriptionSchedule'),
    object: 'subscription_schedule',
    application: null,
    billing_mode: {
      flexible: type === 'flexible' ? { proration_discounts: 'included' } : null,
      type,
      updated_at: now,
    },
    canceled_at: null,
    completed_at: null,
    created: now,
    current_phase: null,
    customer,
    customer_account: null,
    default_settings: withSettings(NO_SETTINGS, said),
    end_behavior: end_behavior ?? 'release',
    livemode: false,
    metadata: changeMetadata({}, metadata ?? undefined),
    pause_schedules: [],
    phases,
    released_at: null,
    released_subscription: null,
    status: 'not_started',
    subscription: null,
    test_clock: clock,
  };
}

type Settings = SubscriptionSchedule['default_settings'];

const NO_SETTINGS: Settings = {
  application_fee_percent: null,
  automatic_tax: { disabled_reason: null, enabled: false, liability: null },
  billing_cycle_anchor: 'automatic',
  billing_thresholds: null,
  collection_method: 'charge_automatically',
  default_payment_method: null,
  description: null,
  invoice_settings: {
    account_tax_ids: null,
    custom_fields: null,
    days_until_due: null,
    description: null,
    footer: null,
    issuer: { type: 'self' },
  },
  on_behalf_of: null,
  transfer_data: null,
};

/** `default_settings` after a call: what it leaves out stays. */
export function withSettings(before: Settings, said: ScheduleCreation['default_settings']): Settings {
  const { invoice_settings: invoice, ...rest } = said ?? {};
  const mentioned = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
  const days = invoice?.days_until_due;
  return {
    ...before,
    ...mentioned,
    invoice_settings: { ...before.invoice_settings, ...(days !== undefined && { days_until_due: days }) },
  };
}
