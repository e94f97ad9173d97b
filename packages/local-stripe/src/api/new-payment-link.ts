import { newId } from '../model/ids.js';
import {
  boolean,
  changeMetadata,
  integer,
  list,
  metadata,
  oneOf,
  optional,
  shape,
  text,
  webAddress,
  type ValueOf,
} from '../conventions/params/index.js';
import type { PaymentLink } from '../model/wire.js';
import { lineItem } from './line-items.js';
import { paymentIntentData } from './session-params.js';
import { commonFields } from './subscription-params.js';

export const paymentLinkParams = shape({
  after_completion: optional(
    shape({ redirect: optional(shape({ url: webAddress })), type: oneOf('hosted_confirmation', 'redirect') }),
  ),
  allow_promotion_codes: optional(boolean),
  line_items: list(lineItem),
  metadata: optional(metadata),
  payment_intent_data: paymentIntentData,
  subscription_data: optional(
    shape({
      description: optional(text),
      invoice_settings: commonFields.invoice_settings,
      metadata: optional(metadata),
      trial_period_days: optional(integer({ min: 1, max: 730 })),
      trial_settings: commonFields.trial_settings,
    }),
  ),
});

export type LinkParams = ValueOf<typeof paymentLinkParams>;

/** A new payment link. `origin`: of its page. */
export function newPaymentLink(params: LinkParams, currency: string, origin: string): PaymentLink {
  const id = newId('paymentLink');
  const { after_completion: after, payment_intent_data: data } = params;
  return {
    id,
    object: 'payment_link',
    active: true,
    after_completion: after?.redirect
      ? { type: 'redirect', redirect: after.redirect }
      : { type: 'hosted_confirmation', hosted_confirmation: { custom_message: null } },
    allow_promotion_codes: params.allow_promotion_codes ?? false,
    application: null,
    application_fee_amount: null,
    application_fee_percent: null,
    automatic_tax: { enabled: false, liability: null },
    billing_address_collection: 'auto',
    consent_collection: null,
    currency,
    custom_fields: [],
    custom_text: { after_submit: null, shipping_address: null, submit: null, terms_of_service_acceptance: null },
    customer_creation: 'if_required',
    inactive_message: null,
    invoice_creation: null,
    livemode: false,
    managed_payments: null,
    metadata: changeMetadata({}, params.metadata),
    on_behalf_of: null,
    payment_intent_data: data
      ? {
          capture_method: data.capture_method ?? null,
          description: data.description ?? null,
          metadata: changeMetadata({}, data.metadata),
          setup_future_usage: data.setup_future_usage ?? null,
          statement_descriptor: data.statement_descriptor ?? null,
          statement_descriptor_suffix: data.statement_descriptor_suffix ?? null,
          transfer_group: data.transfer_group ?? null,
        }
      : null,
    payment_method_collection: 'always',
    payment_method_options: null,
    payment_method_types: null,
    phone_number_collection: { enabled: false },
    restrictions: null,
    shipping_address_collection: null,
    shipping_options: [],
    submit_type: 'auto',
    subscription_data: subscriptionDataOf(params.subscription_data),
    tax_id_collection: { enabled: false, required: 'never' },
    transfer_data: null,
    url: `${origin}/b/${id}`,
  };
}

const subscriptionDataOf = (said: LinkParams['subscription_data']): PaymentLink['subscription_data'] =>
  said
    ? {
        description: said.description ?? null,
        invoice_settings: {
          account_tax_ids: null,
          custom_fields: null,
          description: said.invoice_settings?.description ?? null,
          footer: said.invoice_settings?.footer ?? null,
          issuer: { type: 'self' },
        },
        metadata: changeMetadata({}, said.metadata),
        trial_period_days: said.trial_period_days ?? null,
        trial_settings: said.trial_settings
          ? {
              end_behavior: {
                missing_payment_method: said.trial_settings.end_behavior.missing_payment_method ?? 'create_invoice',
              },
            }
          : null,
      }
    : null;
