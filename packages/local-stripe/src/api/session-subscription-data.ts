import {
  boolean,
  integer,
  list,
  metadata,
  oneOf,
  optional,
  shape,
  text,
  type ValueOf,
} from '../conventions/params/index.js';
import { invalidRequest } from '../conventions/errors.js';
import { DAY_S } from '../billing/engine/calendar.js';
import { unixNow } from '../model/clock.js';
import { anchorFields, commonFields, creation, moment } from './subscription-params.js';

/** The nearest end of a trial that Checkout takes: 48 hours ahead (SUBSCRIPTIONS.md 1, "Checkout"). */
const SHORTEST_TRIAL_S = 2 * DAY_S;

/** `subscription_data` of a Checkout Session. */
export const subscriptionData = shape({
  ...anchorFields,
  default_tax_rates: optional(list(text)),
  description: optional(text),
  invoice_settings: commonFields.invoice_settings,
  metadata: optional(metadata),
  proration_behavior: optional(oneOf('create_prorations', 'none')),
  trial_end: optional(moment),
  trial_from_plan: optional(boolean),
  trial_period_days: optional(integer({ min: 1, max: 730 })),
  trial_settings: commonFields.trial_settings,
});

export type SubscriptionData = ValueOf<typeof subscriptionData>;
type Creation = ValueOf<typeof creation>;

/** A discount that a session names. */
export interface AskedDiscount {
  coupon?: string | undefined;
  promotion_code?: string | undefined;
}

/** Throws ApiError 400 where the end of the trial is too near. */
export function checkTrial({ trial_end: end }: SubscriptionData): void {
  // Tolerance: the request takes time, and both clocks count whole seconds.
  if (end === undefined || end >= unixNow() + SHORTEST_TRIAL_S - 5) return;
  const message = 'The `trial_end` date has to be at least 2 days in the future.';
  throw invalidRequest(message, 'subscription_data[trial_end]');
}

/** The parameters with which the subscription of a session is created. */
export const creationOf = (data: SubscriptionData, customer: string, discounts: AskedDiscount[]): Creation =>
  ({
    ...data,
    customer,
    discounts: discounts.length > 0 ? discounts : undefined,
    payment_behavior: 'default_incomplete',
  }) as unknown as Creation;
