import {
  boolean,
  list,
  oneOf,
  optional,
  sdkObject,
  sdkObjects,
  text,
  type ValueOf,
  webAddress,
} from '../conventions/params/index.js';
import { notHere } from '../conventions/errors.js';
import type { Session } from '../model/wire.js';
import { methodOptions } from './method-options.js';

const METHOD = 'POST /v1/checkout/sessions';
const object = optional(sdkObject(METHOD));

/** Parameters of a Checkout Session that its answer shows again; the page here does not ask for more because of them. */
export const sessionOptions = {
  adaptive_pricing: object,
  after_expiration: object,
  allow_promotion_codes: optional(boolean),
  automatic_tax: object,
  billing_address_collection: optional(oneOf('auto', 'required')),
  branding_settings: object,
  consent_collection: object,
  currency: optional(text),
  custom_fields: optional(sdkObjects(METHOD)),
  custom_text: object,
  customer_update: object,
  excluded_payment_method_types: optional(list(text)),
  integration_identifier: optional(text),
  name_collection: object,
  origin_context: optional(oneOf('mobile_app', 'web')),
  payment_method_data: object,
  payment_method_options: methodOptions(METHOD),
  permissions: object,
  phone_number_collection: object,
  redirect_on_completion: optional(oneOf('always', 'if_required', 'never')),
  return_url: optional(webAddress),
  saved_payment_method_options: object,
  shipping_address_collection: object,
  tax_id_collection: object,
  wallet_options: object,
};

export type SessionOptions = Partial<{
  [K in keyof typeof sessionOptions]: ValueOf<(typeof sessionOptions)[K]> | undefined;
}>;

const NO_TEXT = { after_submit: null, shipping_address: null, submit: null, terms_of_service_acceptance: null };

/** Where the session is paid at all, as at Stripe where it knows no customer yet. */
const SAVED = { allow_redisplay_filters: ['always'], payment_method_remove: 'disabled', payment_method_save: null };

/** Stripe's look of a page, where the account has none of its own. */
const BRANDING = {
  background_color: '#ffffff',
  border_style: 'rounded',
  button_color: '#0074d4',
  display_name: 'Sandbox',
  font_family: 'default',
  icon: null,
  logo: null,
};

/** The fields of a session that these parameters set. Throws ApiError 400 for what the local Stripe does not have. */
export function optionFields(params: SessionOptions): Partial<Session> {
  if (params.automatic_tax?.['enabled'] === true) throw notHere('automatic tax', 'automatic_tax[enabled]');
  const { automatic_tax, consent_collection, phone_number_collection, tax_id_collection } = params;
  const fields = {
    adaptive_pricing: { enabled: false, ...params.adaptive_pricing },
    after_expiration: params.after_expiration ?? null,
    allow_promotion_codes: params.allow_promotion_codes ?? null,
    automatic_tax: { enabled: false, liability: null, provider: null, status: null, ...automatic_tax },
    billing_address_collection: params.billing_address_collection ?? null,
    branding_settings: { ...BRANDING, ...params.branding_settings },
    consent_collection: consent_collection
      ? { payment_method_reuse_agreement: null, promotions: null, terms_of_service: null, ...consent_collection }
      : null,
    custom_fields: (params.custom_fields ?? []).map((field) => customField(field)),
    custom_text: { ...NO_TEXT, ...params.custom_text },
    ...(params.excluded_payment_method_types && {
      excluded_payment_method_types: params.excluded_payment_method_types,
    }),
    integration_identifier: params.integration_identifier ?? null,
    ...(params.name_collection && { name_collection: params.name_collection }),
    origin_context: params.origin_context ?? null,
    payment_method_options: { card: { request_three_d_secure: 'automatic' }, ...params.payment_method_options },
    permissions: params.permissions ?? null,
    phone_number_collection: { enabled: false, ...phone_number_collection },
    ...(params.redirect_on_completion && { redirect_on_completion: params.redirect_on_completion }),
    ...(params.return_url !== undefined && { return_url: params.return_url }),
    saved_payment_method_options: { ...SAVED, ...params.saved_payment_method_options },
    shipping_address_collection: params.shipping_address_collection ?? null,
    ...(tax_id_collection && { tax_id_collection: { required: 'never', ...tax_id_collection } }),
    wallet_options: params.wallet_options ?? null,
  };
  return fields as Partial<Session>;
}

/** A field as it is before the customer has filled it in. */
function customField(said: Record<string, unknown>): Record<string, unknown> {
  const type = String(said['type']);
  const own = (said[type] ?? {}) as Record<string, unknown>;
  const bounds = type === 'dropdown' ? { options: [] } : { maximum_length: null, minimum_length: null };
  return { optional: false, ...said, [type]: { default_value: null, ...bounds, ...own, value: null } };
}
