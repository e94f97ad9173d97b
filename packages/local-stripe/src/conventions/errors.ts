import type { PaymentIntent, PaymentMethod, SetupIntent } from '../model/wire.js';

interface Details {
  type: 'invalid_request_error' | 'idempotency_error' | 'api_error' | 'card_error';
  message: string;
  code?: string;
  param?: string;
  /** Of a failed payment. */
  advice_code?: string;
  decline_code?: string;
  network_advice_code?: string;
  network_decline_code?: string;
  charge?: string;
  payment_intent?: PaymentIntent;
  payment_method?: PaymentMethod;
  setup_intent?: SetupIntent;
}

/** An error answer of the API. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly details: Details,
    /** Whether the transaction is committed all the same, as for a decline. Defaults to rolled back. */
    readonly effects: 'undone' | 'kept' = 'undone',
  ) {
    super(details.message);
    this.name = 'ApiError';
  }

  body(requestId: string): object {
    const { type, code, message, param, ...rest } = this.details;
    return {
      error: {
        ...(code && { code }),
        ...(code &&
          code !== NOT_HERE && { doc_url: `https://docs.stripe.com/error-codes#${code.replaceAll('_', '-')}` }),
        ...rest,
        message,
        ...(param !== undefined && { param }),
        request_log_url: `https://dashboard.stripe.com/test/logs/${requestId}`,
        type,
      },
    };
  }
}

/** 400 `invalid_request_error`. */
export function invalidRequest(message: string, param?: string, code?: string): ApiError {
  return new ApiError(400, { type: 'invalid_request_error', message, param, code });
}

export const unknownParameter = (param: string): ApiError =>
  invalidRequest(`Received unknown parameter: ${param}`, param, 'parameter_unknown');

export const missingParameter = (param: string): ApiError =>
  invalidRequest(`Missing required param: ${param}.`, param, 'parameter_missing');

export const invalidInteger = (message: string, param: string): ApiError =>
  invalidRequest(message, param, 'parameter_invalid_integer');

/** 404 where the id is in the path, 400 where it is a parameter. */
export function noSuch(kind: string, id: string, param?: string, status: 400 | 404 = 400): ApiError {
  return new ApiError(status, {
    type: 'invalid_request_error',
    code: 'resource_missing',
    message: `No such ${NAMES[kind] ?? kind}: '${id}'`,
    param,
  });
}

/** How messages name a kind, where they do not use its own name. */
const NAMES: Record<string, string> = { payment_method: 'PaymentMethod', 'test_helpers.test_clock': 'test clock' };

export function unknownRoute(method: string, path: string): ApiError {
  const message = `Unrecognized request URL (${method}: ${path}). Please see https://stripe.com/docs or we can help at https://support.stripe.com/.`;
  return new ApiError(404, { type: 'invalid_request_error', message });
}

/** Code of the errors for what Stripe has and the local Stripe has not. */
export const NOT_HERE = 'not_in_local_stripe';

/** What Stripe would take and the local Stripe does not have: no mistake of the caller. */
export function notHere(what: string, param?: string, status: 400 | 404 = 400): ApiError {
  const message = `The local Stripe does not have this yet: ${what}. Stripe itself does.`;
  return new ApiError(status, { type: 'invalid_request_error', code: NOT_HERE, message, param });
}

/** 400: the Payment Intent's status does not allow the call. */
export const wrongState = (message: string, payment_intent: PaymentIntent): ApiError =>
  new ApiError(400, {
    type: 'invalid_request_error',
    code: 'payment_intent_unexpected_state',
    message,
    payment_intent,
  });
