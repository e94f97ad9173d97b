import { newId } from '../model/ids.js';
import type { Customer, Price, Subscription, SubscriptionItem, TaxRate } from '../model/wire.js';
import type { Period } from './engine/calendar.js';
import { planOf } from './plan-of.js';
import { withItems } from './subscription-store.js';

export interface NewItem {
  price: Price;
  quantity: number;
  metadata: Record<string, string>;
  discounts: string[];
  taxRates: TaxRate[];
}

export interface SubscriptionData {
  customer: Customer;
  currency: string;
  now: number;
  startDate: number;
  anchor: number;
  billingMode: 'flexible' | 'classic';
  fields: Partial<Subscription>;
}

export function newItem(
  subscription: string,
  { price, quantity, ...given }: NewItem,
  now: number,
  period: Period,
): SubscriptionItem {
  return {
    id: newId('subscriptionItem'),
    object: 'subscription_item',
    billing_thresholds: null,
    created: now,
    current_period_end: period.end,
    current_period_start: period.start,
    current_trial: null,
    discounts: given.discounts,
    metadata: given.metadata,
    plan: planOf(price),
    price,
    quantity,
    subscription,
    tax_rates: given.taxRates,
  };
}

/** A subscription without items; its status and periods are set by what creates it. */
export function newSubscription({
  customer,
  currency,
  now,
  startDate,
  anchor,
  billingMode,
  fields,
}: SubscriptionData): Subscription {
  const id = newId('subscription');
  const bare: Subscription = {
    id,
    object: 'subscription',
    application: null,
    application_fee_percent: null,
    automatic_tax: { disabled_reason: null, enabled: false, liability: null },
    billing_cycle_anchor: anchor,
    billing_cycle_anchor_config: null,
    billing_mode: {
      flexible: billingMode === 'flexible' ? { proration_discounts: 'included' } : null,
      type: billingMode,
      updated_at: now,
    },
    billing_schedules: [],
    billing_thresholds: null,
    cancel_at: null,
    cancel_at_period_end: false,
    canceled_at: null,
    cancellation_details: { comment: null, feedback: null, feedback_option: null, reason: null },
    collection_method: 'charge_automatically',
    created: now,
    currency,
    customer: customer.id,
    customer_account: null,
    days_until_due: null,
    default_payment_method: null,
    default_source: null,
    default_tax_rates: [],
    description: null,
    discounts: [],
    ended_at: null,
    invoice_settings: {
      account_tax_ids: null,
      custom_fields: null,
      description: null,
      footer: null,
      issuer: { type: 'self' },
    },
    items: {
      object: 'list',
      data: [],
      has_more: false,
      total_count: 0,
      url: `/v1/subscription_items?subscription=${id}`,
    },
    latest_invoice: null,
    livemode: false,
    managed_payments: { enabled: false },
    metadata: {},
    next_pending_invoice_item_invoice: null,
    on_behalf_of: null,
    pause_collection: null,
    payment_settings: {
      payment_method_options: null,
      payment_method_types: null,
      save_default_payment_method: 'off',
    },
    pending_invoice_item_interval: null,
    pending_setup_intent: null,
    pending_update: null,
    plan: null,
    schedule: null,
    start_date: startDate,
    status: 'active',
    test_clock: customer.test_clock as string | null,
    transfer_data: null,
    trial_end: null,
    trial_settings: { end_behavior: { billing_cycle_anchor: null, missing_payment_method: 'create_invoice' } },
    trial_start: null,
    ...fields,
  };
  return withItems(bare, []);
}
