import { invalidRequest } from '../conventions/errors.js';
import { type Reader, sdkObject } from '../conventions/params/index.js';
import { fitsCurrency, isPaymentMethodType } from '../payments/payment-method-types.js';

type Options = Record<string, Record<string, unknown>>;

/** What a payment has per payment method type where the request says nothing. */
const DEFAULTS: Options = {
  acss_debit: { mandate_options: {}, verification_method: 'automatic' },
  afterpay_clearpay: { reference: null },
  card: { installments: null, mandate_options: null, network: null, request_three_d_secure: 'automatic' },
  klarna: { preferred_locale: null },
  konbini: { confirmation_number: null, expires_after_days: null, expires_at: null, product_description: null },
  link: { persistent_token: null },
  us_bank_account: {
    financial_connections: { permissions: ['payment_method'], prefetch: [] },
    mandate_options: {},
    verification_method: 'automatic',
  },
  wechat_pay: { app_id: null, client: null },
};

/** `payment_method_options` of a method, as the SDK's types know them. */
export const methodOptions =
  (method: string): Reader<Options | undefined> =>
  (raw, param) =>
    raw === undefined || raw === '' ? undefined : (sdkObject(method)(raw, param) as Options);

/** The options of the types that a payment takes: what it had, what the request says, and the defaults. */
export function optionsOf(types: readonly string[], ...given: Array<object | null | undefined>): Options {
  const entries = types.map((type): [string, Record<string, unknown>] => {
    const said = given.map((options) => (options as Options | null | undefined)?.[type]);
    return [type, Object.assign({}, DEFAULTS[type], ...said) as Record<string, unknown>];
  });
  return Object.fromEntries(entries);
}

/** Throws ApiError 400 for types that do not exist, or do not take the currency. */
export function checkMethodTypes(types: readonly string[], currency: string, param: string): void {
  for (const type of types) {
    if (!isPaymentMethodType(type)) {
      const message = `The payment method type "${type}" is invalid. Please ensure the provided type is activated in your dashboard (https://dashboard.stripe.com/account/payments/settings) and your account is enabled for any preview features that you are trying to use. See https://stripe.com/docs/payments/payment-methods/integration-options for supported payment method, currency, and country options.`;
      throw invalidRequest(message, param, 'payment_intent_invalid_parameter');
    }
    if (!fitsCurrency(type, currency)) {
      const message = `The currency provided (${currency}) is invalid for the payment method type "${type}".`;
      throw invalidRequest(message, param, 'payment_intent_invalid_parameter');
    }
  }
}
