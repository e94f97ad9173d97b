import type { Tx } from '../state/store.js';
import {
  changeMetadata,
  emptyable,
  integer,
  list,
  oneOf,
  optional,
  shape,
  type ValueOf,
} from '../conventions/params/index.js';
import type { Subscription } from '../model/wire.js';
import { discountsFor } from './discounts-for.js';
import { mustBeSent } from './invoice-params.js';
import { ownMethod } from './new-subscription.js';
import { taxRatesFor } from './subscription-items-for.js';
import { cancelAt, cancellationDetails, changedItemParams, commonFields, moment } from './subscription-params.js';

export const changes = shape({
  ...commonFields,
  billing_cycle_anchor: optional((raw: unknown, param: string) =>
    // The older words: `now` and `unchanged` themselves.
    typeof raw === 'string'
      ? { type: oneOf('now', 'unchanged')(raw, param) }
      : shape({ type: oneOf('now', 'unchanged') })(raw, param),
  ),
  cancel_at: optional(emptyable(cancelAt)),
  cancellation_details: cancellationDetails,
  items: optional(list(changedItemParams)),
  pause_collection: optional(
    emptyable(shape({ behavior: oneOf('keep_as_draft', 'mark_uncollectible', 'void'), resumes_at: optional(moment) })),
  ),
  proration_date: optional(integer({ min: 0 })),
});

export type Changes = ValueOf<typeof changes>;

/** The fields that an update sets, besides items, periods and the end. */
export async function fieldsOf(
  tx: Tx,
  before: Subscription,
  params: Changes,
  now: number,
): Promise<Partial<Subscription>> {
  const {
    collection_method: method = before.collection_method,
    payment_settings: settings,
    pause_collection: pause,
  } = params;
  mustBeSent(method, params.days_until_due);
  const { end_behavior: ending } = params.trial_settings ?? {};
  const had = before.trial_settings?.end_behavior;
  const customer = String(before.customer);
  return {
    collection_method: method,
    days_until_due: method === 'send_invoice' ? (params.days_until_due ?? before.days_until_due ?? 30) : null,
    ...(params.cancellation_details && {
      cancellation_details: {
        ...emptyDetails,
        ...before.cancellation_details,
        ...mentioned(params.cancellation_details),
      },
    }),
    ...(params.default_payment_method !== undefined && {
      default_payment_method: await ownMethod(tx, params.default_payment_method, customer),
    }),
    ...(params.default_source !== undefined && { default_source: params.default_source }),
    ...(params.default_tax_rates !== undefined && {
      default_tax_rates: await taxRatesFor(tx, params.default_tax_rates, 'default_tax_rates'),
    }),
    ...(params.description !== undefined && { description: params.description }),
    ...(params.discounts !== undefined && {
      discounts: await discountsFor(tx, params.discounts, {
        customer,
        param: 'discounts',
        now,
        subscription: before.id,
      }),
    }),
    metadata: changeMetadata(before.metadata, params.metadata),
    ...(settings && { payment_settings: { ...before.payment_settings, ...mentioned(settings) } as never }),
    ...(pause !== undefined && {
      pause_collection: pause && { behavior: pause.behavior, resumes_at: pause.resumes_at ?? null },
    }),
    ...(ending && {
      trial_settings: {
        end_behavior: {
          billing_cycle_anchor: ending.billing_cycle_anchor ?? had?.billing_cycle_anchor ?? null,
          missing_payment_method: ending.missing_payment_method ?? had?.missing_payment_method ?? 'create_invoice',
        },
      },
    }),
  };
}

const emptyDetails = { comment: null, feedback: null, feedback_option: null, reason: null };

const mentioned = (fields: object): object =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
