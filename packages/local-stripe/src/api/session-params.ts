import { unixNow } from '../model/clock.js';
import {
  changeMetadata,
  emailAddress,
  integer,
  list,
  metadata,
  oneOf,
  optional,
  shape,
  shipping,
  text,
  webAddress,
  type ValueOf,
} from '../conventions/params/index.js';
import { invalidRequest } from '../conventions/errors.js';
import type { IntentData } from '../model/notes.js';
import { captureMethod, futureUsage } from './intent-params.js';
import { lineItem } from './line-items.js';

import { subscriptionData } from './session-subscription-data.js';
import { sessionOptions } from './session-options.js';

const MINUTE_S = 60;
const SHORTEST_S = 30 * MINUTE_S;
const LONGEST_S = 24 * 60 * MINUTE_S;

export const paymentIntentData = optional(
  shape({
    capture_method: captureMethod,
    description: optional(text),
    metadata: optional(metadata),
    receipt_email: optional(emailAddress),
    setup_future_usage: futureUsage,
    shipping: optional(shipping),
    statement_descriptor: optional(text),
    statement_descriptor_suffix: optional(text),
    transfer_group: optional(text),
  }),
);

export const sessionParams = shape({
  ...sessionOptions,
  allowed_payment_method_types: optional(list(text)),
  cancel_url: optional(webAddress),
  client_reference_id: optional(text),
  customer: optional(text),
  customer_creation: optional(oneOf('always', 'if_required')),
  customer_email: optional(emailAddress),
  expires_at: optional(integer()),
  discounts: optional(list(shape({ coupon: optional(text), promotion_code: optional(text) }))),
  line_items: optional(list(lineItem)),
  locale: optional(text),
  metadata: optional(metadata),
  mode: oneOf('payment', 'setup', 'subscription'),
  payment_intent_data: paymentIntentData,
  payment_method_collection: optional(oneOf('always', 'if_required')),
  setup_intent_data: optional(
    shape({ description: optional(text), metadata: optional(metadata), on_behalf_of: optional(text) }),
  ),
  subscription_data: optional(subscriptionData),
  submit_type: optional(oneOf('auto', 'book', 'donate', 'pay', 'subscribe')),
  success_url: optional(webAddress),
  ui_mode: optional(oneOf('hosted_page', 'embedded_page', 'elements')),
});

export type SessionParams = ValueOf<typeof sessionParams>;

/** When a session ends: in a day, or when the request says, within Stripe's bounds. */
export function expiryOf(asked: number | undefined): number {
  const now = unixNow();
  if (asked === undefined) return now + LONGEST_S;
  // Tolerance: the request takes time, and both clocks count whole seconds.
  if (asked < now + SHORTEST_S - 5) {
    throw invalidRequest('`expires_at` must be at least 30 minutes from Checkout Session creation.', 'expires_at');
  }
  if (asked > now + LONGEST_S + 5) {
    throw invalidRequest('`expires_at` must be less than 24 hours from Checkout Session creation.', 'expires_at');
  }
  return asked;
}

/** Fields that the Payment Intent of a session gets when it is created. */
export function intentDataOf({
  payment_intent_data: said = undefined,
}: Pick<SessionParams, 'payment_intent_data'>): IntentData {
  const { description = null, metadata: noted, ...rest } = said ?? { metadata: undefined };
  const mentioned = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
  return { description, metadata: changeMetadata({}, noted), ...mentioned };
}
