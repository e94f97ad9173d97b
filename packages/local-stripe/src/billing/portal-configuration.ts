import { unixNow } from '../model/clock.js';
import { newId } from '../model/ids.js';
import type { PortalConfiguration } from '../model/wire.js';
import type { Tx } from '../state/store.js';

type Features = PortalConfiguration['features'];

/** `features` as a call says them: each may be left out, and every field of each. */
export type AskedFeatures = { [K in keyof Features]?: Partial<Features[K]> | undefined };

/** Everything off: what a configuration has where the request says nothing. */
const OFF: Features = {
  customer_update: { allowed_updates: [], enabled: false },
  invoice_history: { enabled: false },
  payment_method_update: { enabled: false, payment_method_configuration: null },
  subscription_cancel: {
    cancellation_reason: {
      enabled: false,
      feedback_options: null,
      options: ['too_expensive', 'missing_features', 'switched_service', 'unused', 'other'],
    },
    enabled: false,
    mode: 'at_period_end',
    proration_behavior: 'none',
  },
  subscription_pause: { duration: { interval_options: [], type: 'indefinite' }, enabled: false },
  subscription_update: {
    billing_cycle_anchor: null,
    default_allowed_updates: [],
    enabled: false,
    products: null,
    proration_behavior: 'none',
    schedule_at_period_end: { conditions: [] },
    trial_update_behavior: 'end_trial',
  },
};

const NOT_ADJUSTABLE = { enabled: false, maximum: null, minimum: 1 };

/** The features after a call: what it leaves out stays as it was; lists are replaced as a whole. */
export function withFeatures(before: Features, asked: AskedFeatures): Features {
  const merged: Record<string, unknown> = { ...before };
  for (const [name, said] of Object.entries(asked)) {
    if (said) merged[name] = deepMerge(before[name as keyof Features], said);
  }
  const features = merged as unknown as Features;
  const { products } = features.subscription_update;
  return {
    ...features,
    customer_update: { ...features.customer_update, allowed_updates: features.customer_update.allowed_updates ?? [] },
    subscription_update: {
      ...features.subscription_update,
      default_allowed_updates: features.subscription_update.default_allowed_updates ?? [],
      products:
        products?.map((product) => ({
          ...product,
          adjustable_quantity: { ...NOT_ADJUSTABLE, ...(product.adjustable_quantity as object | undefined) },
        })) ?? null,
    },
  };
}

function deepMerge(before: unknown, said: unknown): unknown {
  if (!isObject(before) || !isObject(said)) return said;
  const fields = Object.entries(said).map(([name, value]) => [name, deepMerge(before[name], value)] as const);
  return { ...before, ...Object.fromEntries(fields) };
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export function newConfiguration(draft: Partial<PortalConfiguration> = {}): PortalConfiguration {
  const created = unixNow();
  return {
    id: newId('portalConfiguration'),
    object: 'billing_portal.configuration',
    active: true,
    application: null,
    business_profile: { headline: null, privacy_policy_url: null, terms_of_service_url: null },
    created,
    default_return_url: null,
    features: OFF,
    is_default: false,
    livemode: false,
    login_page: { enabled: false, url: null },
    metadata: {},
    name: null,
    updated: created,
    ...draft,
  };
}

/**
 * The default configuration. At Stripe somebody must have saved it in the Dashboard; here it is made at its first use, with
 * what the Dashboard has switched on: all but changes of plan, which need products.
 */
export async function defaultConfiguration(tx: Tx): Promise<PortalConfiguration> {
  const [found] = await tx.objects.list('billing_portal.configuration', { limit: 1, where: { is_default: true } });
  if (found) return found;
  const features = withFeatures(OFF, {
    customer_update: { allowed_updates: ['name', 'email', 'address', 'phone'], enabled: true },
    invoice_history: { enabled: true },
    payment_method_update: { enabled: true },
    subscription_cancel: {
      enabled: true,
      cancellation_reason: { ...OFF.subscription_cancel.cancellation_reason, enabled: true },
    },
  });
  const made = newConfiguration({ features, is_default: true });
  await tx.objects.insert(made);
  return made;
}
