import type { Tx } from '../state/store.js';
import { billingFor } from '../billing/billing.js';
import { createSubscription, NoPaymentMethodError, type Created, type Wanted } from '../billing/create-subscription.js';
import { anchorFrom, periodFrom, recurrenceOf } from '../billing/engine/periods.js';
import { changeMetadata } from '../conventions/params/index.js';
import { ApiError, invalidRequest, noSuch } from '../conventions/errors.js';
import type { Customer, Subscription } from '../model/wire.js';
import { DAY_S } from '../billing/engine/calendar.js';
import { addItems } from './added-items.js';
import { cardRefused } from './confirm-intent.js';
import { discountsFor } from './discounts-for.js';
import { mustBeSent } from './invoice-params.js';
import { notTheirs, paymentMethodFor } from './payment-method-for.js';
import { newItems, taxRatesFor } from './subscription-items-for.js';
import { askedItems, type Creation } from './subscription-params.js';

/** The longest trial: two years (SUBSCRIPTIONS.md 3, "Trials"). */
const LONGEST_TRIAL_DAYS = 730;

/** `POST /v1/subscriptions`. Throws ApiError. */
export async function newSubscriptionOf(
  tx: Tx,
  params: Creation,
  origin: string,
  {
    draftsOnly = false,
    draftsFirst = false,
    version = '',
  }: { draftsOnly?: boolean; draftsFirst?: boolean; version?: string } = {},
): Promise<Subscription> {
  const customer = await tx.objects.find('customer', params.customer);
  if (!customer) throw noSuch('customer', params.customer, 'customer');
  const billing = { ...(await billingFor(tx, origin, customer.test_clock as string | null)), draftsOnly };
  const wanted = await wantedOf(tx, params, customer, billing.now, modeFor(version, billing.settings.billing_mode));
  await addItems(billing, customer, params.add_invoice_items);
  const created = await createSubscription(billing, { ...wanted, draftsFirst }).catch((error: unknown) => {
    throw error instanceof NoPaymentMethodError ? noPaymentMethod() : error;
  });
  if (params.payment_behavior === 'error_if_incomplete') mustBePaid(created);
  return created.subscription;
}

/** The first version whose subscriptions are flexible where nothing else is asked for (D, recorded). */
const FLEXIBLE_FROM = '2025-09-30';

const modeFor = (version: string, byDefault: 'flexible' | 'classic'): 'flexible' | 'classic' =>
  version !== '' && version < FLEXIBLE_FROM ? 'classic' : byDefault;

/** What the parameters of a new subscription ask for; `given`: its items, where they do not name them. Throws ApiError 400. */
export async function wantedOf(
  tx: Tx,
  params: Creation,
  customer: Customer,
  now: number,
  defaultMode: 'flexible' | 'classic',
  given?: Wanted['items'],
): Promise<Wanted> {
  const items = given ?? (await newItems(tx, askedItems(params), customer.id, now));
  const currency = items[0]?.price.currency ?? 'usd';
  if (params.currency !== undefined && params.currency !== currency) {
    throw invalidRequest(`The price's currency (${currency}) is not ${params.currency}.`, 'currency');
  }
  mustFitCurrency(customer, currency);
  mustBeSent(params.collection_method, params.days_until_due);
  if (params.payment_behavior === 'pending_if_incomplete') {
    throw invalidRequest('`pending_if_incomplete` is for updates of a subscription only.', 'payment_behavior');
  }
  const trialDays =
    params.trial_from_plan === true ? (items[0]?.price.recurring?.trial_period_days ?? undefined) : undefined;
  const trialEnd = trialEndOf({ ...params, trial_period_days: params.trial_period_days ?? trialDays }, now);
  const config = params.billing_cycle_anchor_config;
  const anchor = params.billing_cycle_anchor ?? (config && anchorFrom(config, now));
  if (anchor !== undefined) mustBeFutureAnchor(anchor, items[0]?.price, trialEnd ?? now);
  const recurrence = recurrenceOf(items[0]?.price ?? { recurring: null });
  const first = trialEnd ?? periodFrom({ at: anchor ?? now }, recurrence, now, null).period.end;
  return {
    customer,
    currency,
    items,
    anchor,
    trialEnd,
    startDate: params.backdate_start_date,
    prorationBehavior: params.proration_behavior ?? 'create_prorations',
    paymentBehavior: params.payment_behavior ?? 'allow_incomplete',
    billingMode: params.billing_mode?.type ?? defaultMode,
    fields: {
      ...(config && { billing_cycle_anchor_config: anchorConfig(config) }),
      ...cancellationOf(params, now, first),
      collection_method: params.collection_method ?? 'charge_automatically',
      days_until_due: params.collection_method === 'send_invoice' ? (params.days_until_due ?? 30) : null,
      default_payment_method: await ownMethod(tx, params.default_payment_method, customer.id),
      default_source: params.default_source ?? null,
      default_tax_rates: await taxRatesFor(tx, params.default_tax_rates, 'default_tax_rates'),
      description: params.description ?? null,
      discounts: await discountsFor(tx, params.discounts, { customer: customer.id, param: 'discounts', now }),
      metadata: changeMetadata({}, params.metadata),
      payment_settings: {
        payment_method_options: null,
        payment_method_types: params.payment_settings?.payment_method_types ?? null,
        save_default_payment_method: params.payment_settings?.save_default_payment_method ?? 'off',
      },
      trial_settings: {
        end_behavior: {
          billing_cycle_anchor: params.trial_settings?.end_behavior.billing_cycle_anchor ?? null,
          missing_payment_method: params.trial_settings?.end_behavior.missing_payment_method ?? 'create_invoice',
        },
      },
    },
  };
}

type Config = NonNullable<Creation['billing_cycle_anchor_config']>;

const anchorConfig = ({ day_of_month, hour, minute, month, second }: Config) => ({
  day_of_month,
  hour: hour ?? null,
  minute: minute ?? null,
  month: month ?? null,
  second: second ?? null,
});

/** The scheduled end of a new subscription. */
function cancellationOf(params: Creation, now: number, periodEnd: number): Partial<Subscription> {
  const { cancel_at: at, cancel_at_period_end: atPeriodEnd } = params;
  if (atPeriodEnd === true) return { cancel_at: periodEnd, cancel_at_period_end: true, canceled_at: now };
  if (at === undefined) return {};
  const moment = typeof at === 'number' ? at : periodEnd;
  if (moment <= now) throw invalidRequest('`cancel_at` must be in the future.', 'cancel_at');
  return { cancel_at: moment, canceled_at: now };
}

function trialEndOf(
  { trial_end: end, trial_period_days: days }: Pick<Creation, 'trial_end' | 'trial_period_days'>,
  now: number,
): number | null {
  if (end !== undefined && days !== undefined) {
    throw invalidRequest('You may only specify one of these parameters: trial_end, trial_period_days.', 'trial_end');
  }
  if (days !== undefined) return days === 0 ? null : now + days * DAY_S;
  if (end === undefined || end === 'now') return null;
  if (end <= now)
    throw invalidRequest('Invalid timestamp: must be an integer Unix timestamp in the future.', 'trial_end');
  if (end > now + LONGEST_TRIAL_DAYS * DAY_S) {
    throw invalidRequest('Invalid timestamp: can be no more than two years in the future', 'trial_end');
  }
  return end;
}

function mustBeFutureAnchor(anchor: number, price: Wanted['items'][number]['price'] | undefined, from: number): void {
  if (anchor < from) throw invalidRequest('billing_cycle_anchor cannot be in the past.', 'billing_cycle_anchor');
  const { period } = periodFrom({ at: from }, recurrenceOf(price ?? { recurring: null }), from, null);
  if (anchor <= period.end) return;
  const message = 'billing_cycle_anchor cannot be later than next natural billing date for the plan';
  throw invalidRequest(`${message} (${period.end}).`, 'billing_cycle_anchor');
}

export function mustFitCurrency({ currency: known }: Customer, currency: string): void {
  if (known === null || known === undefined || known === currency) return;
  const message = `You cannot combine currencies on a single customer. This customer has an active subscription, subscription schedule, discount, quote, or invoice item with currency ${known}.`;
  throw invalidRequest(message);
}

/** The id of a payment method that must be the customer's. */
export async function ownMethod(tx: Tx, named: string | null | undefined, customer: string): Promise<string | null> {
  if (named === null || named === undefined) return null;
  const method = await paymentMethodFor(tx, named, 'default_payment_method');
  if (method.customer === customer) return method.id;
  throw notTheirs(named, 'default_payment_method');
}

/** Recorded: 400 `resource_missing` without a param (sub-031). */
export const noPaymentMethod = (): ApiError =>
  invalidRequest(
    'This customer has no attached payment source or default payment method. Please consider adding a default payment method.',
    undefined,
    'resource_missing',
  );

/** 402 and nothing made, where the first invoice could not be paid. */
function mustBePaid({ collected }: Created): void {
  if (!collected?.payment || !collected.method) return;
  const { payment, method } = collected;
  if (payment.outcome === 'declined') throw undone(cardRefused(payment, method));
  if (payment.outcome === 'authenticate') {
    const message =
      'Payment for this subscription requires additional user action before it can be completed successfully.';
    throw new ApiError(402, { type: 'card_error', code: 'subscription_payment_intent_requires_action', message });
  }
}

export const undone = ({ status, details }: ApiError): ApiError => new ApiError(status, details, 'undone');
