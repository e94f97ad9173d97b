import type { PaymentIntent, PaymentMethod } from '../wire.js';

interface Details {
  type: 'invalid_request_error' | 'idempotency_error' | 'api_error' | 'card_error';
  message: string;
  code?: string;
  param?: string;
  /** Of a payment that did not go through. */
  decline_code?: string;
  charge?: string;
  payment_intent?: PaymentIntent;
  payment_method?: PaymentMethod;
}

/** An answer that says no, in Stripe's words. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly details: Details,
    /** Whether what was done before is kept, as a declined attempt is; else nothing has happened. */
    readonly effects: 'undone' | 'kept' = 'undone',
  ) {
    super(details.message);
    this.name = 'ApiError';
  }

  body(requestId: string): object {
    const { type, code, message, param, ...rest } = this.details;
    return {
      error: {
        ...(code && { code, doc_url: `https://docs.stripe.com/error-codes#${code.replaceAll('_', '-')}` }),
        ...rest,
        message,
        ...(param && { param }),
        request_log_url: `https://dashboard.stripe.com/test/logs/${requestId}`,
        type,
      },
    };
  }
}
